package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.List;

/** Writes syntax elements by hand, for streams that no encoder at hand makes. */
final class Syntax {
  private final StringBuilder bits = new StringBuilder();

  /** Zeros and ones as they are; blanks are passed over. */
  Syntax bits(String zerosAndOnes) {
    bits.append(zerosAndOnes.replace(" ", ""));
    return this;
  }

  Syntax u(int count, long value) {
    for (int i = count - 1; i >= 0; i--) {
      bits.append(value >> i & 1);
    }
    return this;
  }

  Syntax ue(long value) {
    int length = 64 - Long.numberOfLeadingZeros(value + 1);
    return u(length - 1, 0).u(length, value + 1);
  }

  Syntax se(int value) {
    return ue(value > 0 ? 2L * value - 1 : -2L * value);
  }

  /** A NAL unit: the bytes behind the given header, with emulation prevention (§7.4.1.1). */
  Bytes nal(int... header) {
    Bytes rbsp = behind(header);
    List<Bytes> out = new ArrayList<>();
    int zeros = 0;
    for (int i = 0; i < rbsp.length(); i++) {
      if (zeros == 2 && rbsp.u8(i) <= 3) {
        out.add(Bytes.of(3));
        zeros = 0;
      }
      out.add(rbsp.slice(i, 1));
      zeros = rbsp.u8(i) == 0 ? zeros + 1 : 0;
    }
    return Bytes.concat(out);
  }

  /** The bytes, filled with zero bits, behind the given ones. */
  Bytes behind(int... header) {
    String padded = bits + "0".repeat((8 - bits.length() % 8) % 8);
    byte[] all = new byte[header.length + padded.length() / 8];
    for (int i = 0; i < header.length; i++) {
      all[i] = (byte) header[i];
    }
    for (int i = header.length; i < all.length; i++) {
      int at = 8 * (i - header.length);
      all[i] = (byte) Integer.parseInt(padded.substring(at, at + 8), 2);
    }
    return Bytes.wrap(all);
  }
}
