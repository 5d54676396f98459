package dev.millrace.media.flv;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.amf.Amf0Reader;
import dev.millrace.media.amf.Amf0Value;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a publisher says about its stream beforehand (FLV §E.5). Hints, all of them: codecs'
 * configurations decide. Immutable.
 *
 * @param hasVideo whether a video codec is named
 * @param hasAudio whether an audio codec is named
 * @param frameRate frames a second; empty if absent or not a positive number
 * @param bitrateBps what video and audio together are said to need; 0 if that is not said, or of
 *     audio only where there is video (ffmpeg writes 0 for what it copies)
 */
public record OnMetaData(
    boolean hasVideo, boolean hasAudio, OptionalDouble frameRate, long bitrateBps) {
  /** A publisher that says nothing. */
  public static final OnMetaData NONE = new OnMetaData(false, false, OptionalDouble.empty(), 0);

  private static final double MAX_KBPS = 10_000_000;

  /**
   * Reads a script tag; empty if it is something else than metadata.
   *
   * @throws ProtocolException if it is not AMF0, or beyond the reader's limits
   */
  public static Optional<OnMetaData> read(Bytes body) {
    List<Amf0Value> values = Amf0Reader.readAll(body);
    int at = 0;
    // RTMP publishers put the name of the command in front that stores the metadata.
    if (isText(values, at, "@setDataFrame")) {
      at++;
    }
    if (!isText(values, at, "onMetaData")
        || values.size() <= at + 1
        || !(values.get(at + 1) instanceof Amf0Value.Keyed keyed)) {
      return Optional.empty();
    }
    boolean hasVideo = keyed.get("videocodecid").filter(OnMetaData::names).isPresent();
    long videoBps = kbps(keyed, "videodatarate");
    boolean told = videoBps > 0 || !hasVideo;
    return Optional.of(
        new OnMetaData(
            hasVideo,
            keyed.get("audiocodecid").filter(OnMetaData::names).isPresent(),
            positive(keyed.number("framerate")),
            told ? videoBps + kbps(keyed, "audiodatarate") : 0));
  }

  private static boolean isText(List<Amf0Value> values, int at, String text) {
    return values.size() > at
        && values.get(at) instanceof Amf0Value.Text found
        && found.value().equals(text);
  }

  private static boolean names(Amf0Value codec) {
    return codec instanceof Amf0Value.Num
        || (codec instanceof Amf0Value.Text text && !text.value().isEmpty());
  }

  private static OptionalDouble positive(OptionalDouble number) {
    return number.isPresent() && number.getAsDouble() > 0 && number.getAsDouble() < 1000
        ? number
        : OptionalDouble.empty();
  }

  private static long kbps(Amf0Value.Keyed keyed, String name) {
    double value = keyed.number(name).orElse(0);
    return value > 0 && value < MAX_KBPS ? Math.round(value * 1000) : 0;
  }
}
