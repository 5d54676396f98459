package dev.millrace.media.codec;

/**
 * How sample values become colours, as the code points of ISO/IEC 23091-2 (the same in H.264 and
 * H.265 VUI and in the colr box).
 *
 * @param primaries colour_primaries
 * @param transfer transfer_characteristics
 * @param matrix matrix_coefficients
 * @param fullRange video_full_range_flag
 */
public record ColourDescription(int primaries, int transfer, int matrix, boolean fullRange) {
  /** Code point 2: unspecified, for all three. */
  static final int UNSPECIFIED = 2;
}
