package dev.millrace.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Cuts input the ways a network may, so that a framer can be shown not to care. */
public final class Fragments {
  private Fragments() {}

  /** The input whole, byte by byte, and in {@code seeds} seeded random splits. */
  public static List<List<byte[]>> of(byte[] input, int seeds) {
    List<List<byte[]>> ways = new ArrayList<>();
    ways.add(List.of(input));
    List<byte[]> single = new ArrayList<>();
    for (byte value : input) {
      single.add(new byte[] {value});
    }
    ways.add(single);
    for (int seed = 0; seed < seeds; seed++) {
      Random random = new Random(seed);
      List<byte[]> pieces = new ArrayList<>();
      for (int at = 0; at < input.length; ) {
        int end = Math.min(input.length, at + 1 + random.nextInt(1500));
        pieces.add(Arrays.copyOfRange(input, at, end));
        at = end;
      }
      ways.add(pieces);
    }
    return ways;
  }
}
