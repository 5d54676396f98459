package dev.millrace.transcoder.picture;

import dev.millrace.media.codec.AvcSps;
import dev.millrace.media.codec.ColourDescription;

/**
 * What the samples of a picture mean as colours (ISO/IEC 23091-2 §8.3): non-constant luminance, 8
 * bits. Transfer and primaries are left as they are, so wide gamuts look a little pale. Immutable.
 */
final class YuvColours {
  private static final int BT709 = 1;
  private static final int BT470BG = 5;
  private static final int SMPTE170M = 6;
  private static final int BT2020_NCL = 9;

  /** From here on pictures that do not say otherwise are BT.709, as players guess too. */
  private static final int HD_LINES = 720;

  private static final int FRACTION_BITS = 16;

  private final int lumaOffset;
  private final int lumaScale;
  private final int redOfCr;
  private final int greenOfCb;
  private final int greenOfCr;
  private final int blueOfCb;

  private YuvColours(double kr, double kb, boolean fullRange) {
    double luma = fullRange ? 1 : 255.0 / 219;
    double chroma = fullRange ? 1 : 255.0 / 224;
    double kg = 1 - kr - kb;
    lumaOffset = fullRange ? 0 : 16;
    lumaScale = fixed(luma);
    redOfCr = fixed(2 * (1 - kr) * chroma);
    blueOfCb = fixed(2 * (1 - kb) * chroma);
    greenOfCb = fixed(2 * (1 - kb) * kb / kg * chroma);
    greenOfCr = fixed(2 * (1 - kr) * kr / kg * chroma);
  }

  static YuvColours of(AvcSps sps) {
    boolean fullRange = sps.colour().map(ColourDescription::fullRange).orElse(false);
    int matrix = sps.colour().map(ColourDescription::matrix).orElse(0);
    return switch (matrix) {
      case BT709 -> new YuvColours(0.2126, 0.0722, fullRange);
      case BT470BG, SMPTE170M -> new YuvColours(0.299, 0.114, fullRange);
      case BT2020_NCL -> new YuvColours(0.2627, 0.0593, fullRange);
      default ->
          sps.height() >= HD_LINES
              ? new YuvColours(0.2126, 0.0722, fullRange)
              : new YuvColours(0.299, 0.114, fullRange);
    };
  }

  /** 0xRRGGBB of one set of samples, each 0..255. */
  int rgb(int y, int cb, int cr) {
    int luma = (y - lumaOffset) * lumaScale;
    int red = clamp(luma + redOfCr * (cr - 128));
    int green = clamp(luma - greenOfCb * (cb - 128) - greenOfCr * (cr - 128));
    int blue = clamp(luma + blueOfCb * (cb - 128));
    return red << 16 | green << 8 | blue;
  }

  private static int fixed(double value) {
    return (int) Math.round(value * (1 << FRACTION_BITS));
  }

  private static int clamp(int fixed) {
    return Math.clamp((fixed + (1 << (FRACTION_BITS - 1))) >> FRACTION_BITS, 0, 255);
  }
}
