package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import java.io.ByteArrayOutputStream;

/** Writes bits, most significant first; the last byte is filled with zero bits. */
final class BitWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int pending;
  private int pendingBits;

  /** Appends the lowest {@code bits} bits of the value. */
  BitWriter u(int bits, int value) {
    for (int i = bits - 1; i >= 0; i--) {
      pending = pending << 1 | (value >> i & 1);
      if (++pendingBits == 8) {
        out.write(pending);
        pending = 0;
        pendingBits = 0;
      }
    }
    return this;
  }

  Bytes toBytes() {
    if (pendingBits > 0) {
      u(8 - pendingBits, 0);
    }
    return Bytes.wrap(out.toByteArray());
  }
}
