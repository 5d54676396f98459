package dev.millrace.transcoder.ladder;

import dev.millrace.media.feed.VideoRung.Codec;
import java.util.Locale;

/**
 * A video rung as the operator describes it.
 *
 * @param height the smaller side of the picture in pixels, what people call "720p"; even
 * @param bitrateBps target
 */
public record RungSetting(int height, long bitrateBps, Codec codec) {

  /** {@code 720p}; with another codec than H.264 it is told too: {@code 720p-av1}. */
  public String name() {
    String size = height + "p";
    return codec == Codec.H264 ? size : size + "-" + codec.name().toLowerCase(Locale.ROOT);
  }

  RungSetting withBitrate(long bps) {
    return new RungSetting(height, bps, codec);
  }
}
