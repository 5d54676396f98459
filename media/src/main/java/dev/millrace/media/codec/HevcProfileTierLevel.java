package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import java.util.Locale;

/**
 * The general part of an H.265 profile_tier_level() (ISO/IEC 23008-2 §7.3.3), which stands in VPS
 * and SPS and as bytes 1 to 12 in an hvcC. Immutable.
 *
 * @param bytes the twelve bytes, from general_profile_space to general_level_idc
 */
public record HevcProfileTierLevel(Bytes bytes) {
  /** Bytes of the general part. */
  static final int LENGTH = 12;

  private static final int FIRST_CONSTRAINT_BYTE = 5;
  private static final int LEVEL_BYTE = 11;

  /** general_profile_space, 0 to 3. */
  public int profileSpace() {
    return bytes.u8(0) >> 6;
  }

  /** general_tier_flag: High tier rather than Main. */
  public boolean highTier() {
    return (bytes.u8(0) & 0x20) != 0;
  }

  /** general_profile_idc, 1 Main, 2 Main 10. */
  public int profileIdc() {
    return bytes.u8(0) & 0x1F;
  }

  /** general_level_idc: 30 times the level's number. */
  public int levelIdc() {
    return bytes.u8(LEVEL_BYTE);
  }

  /** general_interlaced_source_flag without general_progressive_source_flag. */
  boolean interlacedSource() {
    return (bytes.u8(FIRST_CONSTRAINT_BYTE) & 0xC0) == 0x40;
  }

  /**
   * The part of a codec string behind {@code hvc1.} (ISO/IEC 14496-15 Annex E.3): profile space and
   * profile; compatibility flags in reverse bit order, hexadecimal; tier and level; the constraint
   * bytes, hexadecimal, without the trailing ones that are 0.
   */
  String codecParameters() {
    StringBuilder text = new StringBuilder();
    if (profileSpace() > 0) {
      text.append((char) ('A' + profileSpace() - 1));
    }
    text.append(profileIdc())
        .append('.')
        .append(hex(Integer.reverse(bytes.s32(1))))
        .append('.')
        .append(highTier() ? 'H' : 'L')
        .append(levelIdc());
    int end = LEVEL_BYTE;
    while (end > FIRST_CONSTRAINT_BYTE && bytes.get(end - 1) == 0) {
      end--;
    }
    for (int i = FIRST_CONSTRAINT_BYTE; i < end; i++) {
      text.append('.').append(hex(bytes.u8(i)));
    }
    return text.toString();
  }

  /** Reads profile_tier_level( 1, maxSubLayersMinus1 ), passing over the sub-layers. */
  static HevcProfileTierLevel read(BitReader in, int maxSubLayersMinus1) {
    byte[] general = new byte[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      general[i] = (byte) in.u(8);
    }
    int skipped = 0;
    for (int i = 0; i < maxSubLayersMinus1; i++) {
      skipped += in.flag() ? 88 : 0; // sub_layer_profile_present_flag
      skipped += in.flag() ? 8 : 0; // sub_layer_level_present_flag
    }
    if (maxSubLayersMinus1 > 0) {
      skipped += 2 * (8 - maxSubLayersMinus1); // reserved_zero_2bits
    }
    in.skip(skipped);
    return new HevcProfileTierLevel(Bytes.wrap(general));
  }

  private static String hex(int value) {
    return Integer.toHexString(value).toUpperCase(Locale.ROOT);
  }
}
