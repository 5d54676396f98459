package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.OptionalLong;

/**
 * What this program uses of an adaptation field (ISO/IEC 13818-1 §2.4.3.4); the rest is passed over
 * in reading. Immutable.
 *
 * @param discontinuity discontinuity_indicator: with a PCR, its time base is another one from here
 * @param randomAccess random_access_indicator: decoding can start with the PES packet that begins
 *     here
 * @param pcr program clock reference in ticks of 27 MHz, modulo {@link TsClock#PCR_MODULUS}
 */
public record AdaptationField(boolean discontinuity, boolean randomAccess, OptionalLong pcr) {
  private static final int DISCONTINUITY = 0x80;
  private static final int RANDOM_ACCESS = 0x40;
  private static final int PCR_FLAG = 0x10;
  private static final int PCR_SIZE = 6;

  public AdaptationField {
    if (pcr.isPresent() && (pcr.getAsLong() < 0 || pcr.getAsLong() >= TsClock.PCR_MODULUS)) {
      throw new IllegalArgumentException("PCR " + pcr.getAsLong() + " is not modulo 2^33 * 300");
    }
  }

  /** Bytes behind adaptation_field_length, without stuffing. */
  int size() {
    return 1 + (pcr.isPresent() ? PCR_SIZE : 0);
  }

  /** Writes what stands behind adaptation_field_length; returns where it ended. */
  int write(byte[] out, int at) {
    int flags = discontinuity ? DISCONTINUITY : 0;
    flags |= randomAccess ? RANDOM_ACCESS : 0;
    flags |= pcr.isPresent() ? PCR_FLAG : 0;
    out[at] = (byte) flags;
    if (pcr.isEmpty()) {
      return at + 1;
    }
    // program_clock_reference_base (33), reserved (6), program_clock_reference_extension (9)
    long base = pcr.getAsLong() / TsClock.PCR_PER_TICK;
    long extension = pcr.getAsLong() % TsClock.PCR_PER_TICK;
    long bits = base << 15 | 0x3FL << 9 | extension;
    for (int i = 0; i < PCR_SIZE; i++) {
      out[at + 1 + i] = (byte) (bits >> (8 * (PCR_SIZE - 1 - i)));
    }
    return at + size();
  }

  /**
   * Reads what stands behind adaptation_field_length.
   *
   * @param field at least one byte
   * @throws ProtocolException if a PCR is announced and does not fit
   */
  static AdaptationField read(Bytes field) {
    int flags = field.u8(0);
    OptionalLong pcr = OptionalLong.empty();
    if ((flags & PCR_FLAG) != 0) {
      if (field.length() < 1 + PCR_SIZE) {
        throw ProtocolException.malformed(
            "adaptation field of "
                + field.length()
                + " bytes with a PCR, needs 7 (ISO/IEC 13818-1 §2.4.3.4)");
      }
      long base = field.u32(1) << 1 | field.u8(5) >> 7;
      int extension = (field.u8(5) & 1) << 8 | field.u8(6);
      pcr = OptionalLong.of((base * TsClock.PCR_PER_TICK + extension) % TsClock.PCR_MODULUS);
    }
    return new AdaptationField((flags & DISCONTINUITY) != 0, (flags & RANDOM_ACCESS) != 0, pcr);
  }
}
