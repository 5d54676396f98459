package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;

/**
 * Reads bits, most significant first, as the syntax tables of the codec specifications name them.
 * Reading past the end is the peer's fault and throws {@link ProtocolException} (malformed).
 */
final class BitReader {
  private final Bytes data;
  private final String where;
  private final int endBit;
  private int bit;

  private BitReader(Bytes data, String where) {
    if (data.length() > Integer.MAX_VALUE / 8) {
      throw ProtocolException.limit(
          where + " of " + data.length() + " bytes, at most 2^28 are read");
    }
    this.data = data;
    this.where = where;
    this.endBit = data.length() * 8;
  }

  /** Reads the bytes as they are; {@code where} names them in messages. */
  static BitReader of(Bytes data, String where) {
    return new BitReader(data, where);
  }

  /**
   * Reads the RBSP of a NAL unit: its bytes behind the header, without the
   * emulation_prevention_three_bytes (ISO/IEC 14496-10 §7.3.1, 23008-2 §7.3.1.1).
   */
  static BitReader ofRbsp(Bytes nal, int headerBytes, String where) {
    if (nal.length() < headerBytes) {
      throw ProtocolException.malformed(
          where + " needs a NAL unit header of " + headerBytes + " bytes, found " + nal.length());
    }
    byte[] rbsp = new byte[nal.length() - headerBytes];
    int kept = 0;
    int zeros = 0;
    for (int i = headerBytes; i < nal.length(); i++) {
      byte value = nal.get(i);
      if (zeros >= 2 && value == 3) {
        zeros = 0;
        continue;
      }
      rbsp[kept++] = value;
      zeros = value == 0 ? zeros + 1 : 0;
    }
    return new BitReader(Bytes.wrap(rbsp, 0, kept), where);
  }

  /** Unsigned integer of 0 to 31 bits: {@code u(n)}. */
  int u(int bits) {
    return (int) bits(bits);
  }

  /** Unsigned integer of 32 bits: {@code u(32)}. */
  long u32() {
    return bits(32);
  }

  /** One bit: {@code u(1)}. */
  boolean flag() {
    return bits(1) == 1;
  }

  /** Passes over bits. */
  void skip(int bits) {
    require(bits);
    bit += bits;
  }

  /**
   * Unsigned Exp-Golomb code {@code ue(v)} (ISO/IEC 14496-10 §9.1) of at most {@code max}, which
   * the specification gives for the field.
   */
  int ue(String field, int max) {
    long value = ue();
    if (value > max) {
      throw ProtocolException.malformed(
          field + " " + value + ", must be 0.." + max + " (" + where + ")");
    }
    return (int) value;
  }

  /** Unsigned Exp-Golomb code whose value only has to be passed over. */
  void skipUe() {
    long _ = ue();
  }

  /** Signed Exp-Golomb code {@code se(v)} (ISO/IEC 14496-10 §9.1.1). */
  int se() {
    long code = ue();
    return (int) ((code & 1) == 1 ? (code + 1) / 2 : -(code / 2));
  }

  int remainingBits() {
    return endBit - bit;
  }

  /** Whether the next {@code bits} bits are there and have this value; they are not consumed. */
  boolean nextIs(int bits, int value) {
    if (remainingBits() < bits) {
      return false;
    }
    int before = bit;
    boolean same = bits(bits) == value;
    bit = before;
    return same;
  }

  /** Passes over bits up to the next byte border of the input. */
  void alignToByte() {
    bit = (bit + 7) & ~7;
  }

  int positionBits() {
    return bit;
  }

  private long ue() {
    int zeros = 0;
    while (!flag()) {
      if (++zeros > 32) {
        throw ProtocolException.malformed(
            "Exp-Golomb code with more than 32 leading zeros in " + where);
      }
    }
    return (1L << zeros) - 1 + bits(zeros);
  }

  private long bits(int count) {
    require(count);
    long value = 0;
    int left = count;
    while (left > 0) {
      int inByte = Math.min(left, 8 - (bit & 7));
      int shift = 8 - (bit & 7) - inByte;
      value = value << inByte | (data.u8(bit >> 3) >> shift & (1 << inByte) - 1);
      bit += inByte;
      left -= inByte;
    }
    return value;
  }

  private void require(int bits) {
    if (bits > remainingBits()) {
      throw ProtocolException.malformed(
          where + " ends too early: " + bits + " bits wanted, " + remainingBits() + " left");
    }
  }
}
