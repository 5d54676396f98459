package dev.millrace.relay.mesh;

/**
 * When who stands by takes a part to be too late: 80 ms behind its entry, and as much later as half
 * of a part usually takes to come here, since on busy machines everybody is slow and a second copy
 * helps nobody. Never later than 0.6 D at rank 2. Mesh's executor.
 */
final class HedgeDelay {
  private static final long LEAST = Ground.ms(80);
  private static final double TIMES_USUAL = 1.5;
  private static final double MOST_OF_DEADLINE = 0.6;

  private final Recent halves = new Recent();

  /** Half of a part came of others so long behind its entry. */
  void came(long nanos) {
    halves.add(nanos);
  }

  /** Half of a part did not come so soon: it takes so long at least. */
  void hedged(long nanos) {
    halves.add(nanos);
  }

  /** How long to wait at rank 2, and for a standby behind it 80 ms more; nanoseconds. */
  long nanos(int rank, long deadline) {
    long most = Math.max(LEAST, (long) (deadline * MOST_OF_DEADLINE));
    return Math.clamp((long) (halves.p95() * TIMES_USUAL), LEAST, most) + LEAST * (rank - 2);
  }
}
