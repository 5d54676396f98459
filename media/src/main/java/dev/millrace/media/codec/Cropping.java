package dev.millrace.media.codec;

import dev.millrace.media.ProtocolException;

/**
 * How many luma samples are cut off on each side: frame cropping of H.264 (§7.4.2.1.1), conformance
 * window of H.265 (§7.4.3.2.1).
 */
record Cropping(int left, int right, int top, int bottom) {
  static final Cropping NONE = new Cropping(0, 0, 0, 0);

  /** Far beyond any picture, and small enough that no sum overflows. */
  private static final int MAX_OFFSET = 1 << 16;

  /** Reads four offsets, which count units of so many luma samples. */
  static Cropping read(BitReader in, int unitX, int unitY) {
    int left = unitX * in.ue("left crop offset", MAX_OFFSET);
    int right = unitX * in.ue("right crop offset", MAX_OFFSET);
    int top = unitY * in.ue("top crop offset", MAX_OFFSET);
    int bottom = unitY * in.ue("bottom crop offset", MAX_OFFSET);
    return new Cropping(left, right, top, bottom);
  }

  int shownWidth(int codedWidth, String where) {
    return shown(codedWidth, left + right, "width", where);
  }

  int shownHeight(int codedHeight, String where) {
    return shown(codedHeight, top + bottom, "height", where);
  }

  private static int shown(int coded, int cropped, String side, String where) {
    if (cropped >= coded) {
      throw ProtocolException.malformed(
          "cropping takes " + cropped + " of " + coded + " samples of " + side + ", " + where);
    }
    return coded - cropped;
  }
}
