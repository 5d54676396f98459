package dev.millrace.transcoder.ffmpeg.worker;

import dev.millrace.media.feed.VideoRung;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Says which encoder was found for a codec, and why not the one before it: once, however many rungs
 * open it. Any thread.
 */
final class EncoderNews {
  private final Consumer<String> events;
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  EncoderNews(Consumer<String> events) {
    this.events = events;
  }

  /**
   * An encoder has opened.
   *
   * @param refusals what was said of those tried before it; empty if there were none
   */
  void opened(VideoRung.Codec codec, String encoder, String refusals) {
    String news =
        name(codec)
            + " is encoded by "
            + encoder
            + (refusals.isEmpty() ? "" : " because others could not be used: " + refusals);
    if (said.add(news)) {
      events.accept(news);
    }
  }

  private static String name(VideoRung.Codec codec) {
    return switch (codec) {
      case H264 -> "H.264";
      case HEVC -> "H.265";
      case AV1 -> "AV1";
    };
  }
}
