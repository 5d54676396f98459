package dev.millrace.testkit;

import java.util.Arrays;
import java.util.Random;

/** Ways to spoil good bytes; the same random seed spoils the same way again. */
public enum Damage {
  /** Bits turned over, about one in a hundred bytes. */
  FLIP {
    @Override
    byte[] spoil(byte[] good, int keep, Random random) {
      byte[] bad = good.clone();
      for (int i = 0; i < 1 + (bad.length - keep) / 100; i++) {
        bad[keep + random.nextInt(bad.length - keep)] ^= (byte) (1 << random.nextInt(8));
      }
      return bad;
    }
  },
  /** A piece missing, up to half. */
  CUT {
    @Override
    byte[] spoil(byte[] good, int keep, Random random) {
      int length = 1 + random.nextInt(Math.max(1, (good.length - keep) / 2));
      int from = keep + random.nextInt(good.length - keep - length + 1);
      return joined(good, from, Arrays.copyOfRange(good, from + length, good.length));
    }
  },
  /** A piece that comes twice. */
  REPEAT {
    @Override
    byte[] spoil(byte[] good, int keep, Random random) {
      int length = 1 + random.nextInt(Math.max(1, (good.length - keep) / 2));
      int from = keep + random.nextInt(good.length - keep - length + 1);
      return joined(good, from + length, Arrays.copyOfRange(good, from, good.length));
    }
  };

  /**
   * Spoils a copy.
   *
   * @param keep how many bytes at the beginning stay as they are
   */
  public byte[] apply(byte[] good, int keep, Random random) {
    return good.length <= keep ? good.clone() : spoil(good, keep, random);
  }

  abstract byte[] spoil(byte[] good, int keep, Random random);

  private static byte[] joined(byte[] start, int length, byte[] rest) {
    byte[] whole = Arrays.copyOf(start, length + rest.length);
    System.arraycopy(rest, 0, whole, length, rest.length);
    return whole;
  }
}
