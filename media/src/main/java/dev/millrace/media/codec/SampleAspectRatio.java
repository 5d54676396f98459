package dev.millrace.media.codec;

/**
 * The shape of a sample, width to height. H.264 (Table E-1) and H.265 (Table E.1) have the same
 * table of aspect_ratio_idc.
 */
record SampleAspectRatio(int width, int height) {
  static final SampleAspectRatio SQUARE = new SampleAspectRatio(1, 1);

  private static final int EXTENDED_SAR = 255;

  private static final int[][] TABLE = {
    {1, 1}, {1, 1}, {12, 11}, {10, 11}, {16, 11}, {40, 33}, {24, 11}, {20, 11}, {32, 11}, {80, 33},
    {18, 11}, {15, 11}, {64, 33}, {160, 99}, {4, 3}, {3, 2}, {2, 1}
  };

  /** Reads aspect_ratio_idc and what follows it; unspecified and reserved values are square. */
  static SampleAspectRatio read(BitReader in) {
    int idc = in.u(8);
    if (idc == EXTENDED_SAR) {
      int width = in.u(16);
      int height = in.u(16);
      // §E.2.1: "when either is 0, the sample aspect ratio shall be considered unspecified".
      return width == 0 || height == 0 ? SQUARE : new SampleAspectRatio(width, height);
    }
    return idc < TABLE.length ? new SampleAspectRatio(TABLE[idc][0], TABLE[idc][1]) : SQUARE;
  }
}
