package dev.millrace.relay.mesh;

import java.util.Arrays;

/** How long the last 32 of something took, nanoseconds. Mesh's executor. */
final class Recent {
  private static final int KEPT = 32;

  private final long[] last = new long[KEPT];
  private int count;

  void add(long nanos) {
    last[count++ % KEPT] = nanos;
  }

  /** The longest; 0 if there was none. */
  long slowest() {
    return Arrays.stream(last).max().orElse(0);
  }

  /** What 95 % of them did not exceed; 0 if there was none. */
  long p95() {
    int known = Math.min(count, KEPT);
    long[] sorted = Arrays.stream(last).limit(known).sorted().toArray();
    return known == 0 ? 0 : sorted[(int) Math.ceil(known * 0.95) - 1];
  }
}
