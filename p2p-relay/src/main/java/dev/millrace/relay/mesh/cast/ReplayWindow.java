package dev.millrace.relay.mesh.cast;

/**
 * Takes each number of a session once, in about the order of their sending: the last 4096 are
 * known, older ones are refused. Counts what did not come. The mesh's executor.
 */
final class ReplayWindow {
  private static final int SIZE = 4096;

  private final long[] seen = new long[SIZE / Long.SIZE];
  private long highest = -1;

  /** Whether a number came for the first time. */
  boolean accept(long sequence) {
    if (highest < 0 || sequence > highest) {
      // Nothing of a bit may be left of its number before.
      long from = highest < 0 ? sequence : Math.max(highest + 1, sequence - SIZE + 1);
      for (long each = from; each <= sequence; each++) {
        clear(each);
      }
      highest = sequence;
    } else if (sequence <= highest - SIZE || get(sequence)) {
      return false;
    }
    seen[word(sequence)] |= 1L << (sequence & 63);
    return true;
  }

  /** The highest that came; -1 if none did. */
  long highest() {
    return highest;
  }

  private boolean get(long sequence) {
    return (seen[word(sequence)] >>> (sequence & 63) & 1) == 1;
  }

  private void clear(long sequence) {
    seen[word(sequence)] &= ~(1L << (sequence & 63));
  }

  private static int word(long sequence) {
    return (int) (sequence % SIZE) / Long.SIZE;
  }
}
