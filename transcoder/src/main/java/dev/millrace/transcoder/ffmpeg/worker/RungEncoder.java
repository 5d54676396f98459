package dev.millrace.transcoder.ffmpeg.worker;

import dev.millrace.media.Track;
import dev.millrace.media.log.SegmentMark;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encodes one rung into its sink: opens the encoder with the first frame, and makes the first frame
 * of each segment a key frame. Owns the encoder. One thread.
 */
final class RungEncoder implements AutoCloseable {
  private final EncoderSettings settings;
  private final List<String> candidates;
  private final RungSink sink;
  private final EncoderNews news;
  private @Nullable VideoEncoder encoder;
  private volatile String name = "";
  private boolean begun;
  private int section;

  /**
   * @param candidates names of encoders in order of preference
   * @param news hears which encoder was found
   */
  RungEncoder(EncoderSettings settings, List<String> candidates, RungSink sink, EncoderNews news) {
    this.settings = settings;
    this.candidates = candidates;
    this.sink = sink;
    this.news = news;
  }

  /** The encoder in use; empty before the first frame. Any thread. */
  String name() {
    return name;
  }

  /** A segment begins with the next frame whose ordinal is 0. */
  void mark(SegmentMark mark) {
    if (mark.section() != section && encoder != null && encoder.held() > 0) {
      drain(); // the times of the frames it holds would be those of another section
      close();
    }
    section = mark.section();
    sink.mark(mark);
  }

  /** Encodes the frame, which is borrowed; the first of a segment becomes a key frame. */
  void encode(VideoFrame frame) {
    VideoEncoder open = encoder;
    if (open == null) {
      open = open(frame);
      encoder = open;
      begun = false;
    }
    open.encode(frame, frame.ordinal() == 0 || !begun, this::encoded);
    begun = true;
  }

  private VideoEncoder open(VideoFrame first) {
    StringBuilder refusals = new StringBuilder();
    VideoEncoder opened =
        VideoEncoder.open(
            candidates,
            settings,
            first.picture(),
            refusal -> refusals.append(refusals.isEmpty() ? "" : "; ").append(refusal));
    name = opened.name();
    news.opened(settings.rung().codec(), name, refusals.toString());
    Track.Video track =
        EncodedVideo.track(settings.rung().codec(), opened.extradata(), settings.frameRate());
    sink.describe(track, EncodedVideo.description(settings.rung(), track, settings.frameRate()));
    return opened;
  }

  private void encoded(VideoEncoder.Encoded frame) {
    sink.frame(EncodedVideo.frame(settings.rung().codec(), frame));
  }

  /** Gives everything that the encoder holds; no frame may follow. */
  void drain() {
    if (encoder != null) {
      encoder.drain(this::encoded);
    }
  }

  @Override
  public void close() {
    if (encoder != null) {
      encoder.close();
      encoder = null;
    }
  }
}
