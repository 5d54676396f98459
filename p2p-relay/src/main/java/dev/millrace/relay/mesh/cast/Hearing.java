package dev.millrace.relay.mesh.cast;

import java.util.BitSet;
import java.util.concurrent.TimeUnit;

/**
 * Whether multicast of one sender carries to here: it does behind a test in which more than 45 of
 * 50 PROBEs came, each as long as a datagram can be, and does not any more when nothing came for
 * half a second, when a quarter of a second's symbols or of a later test is lost, or when what came
 * was not the log's. While parts are due, each such fall asks for twice as many good tests in a
 * row, so that a network that carries now and then is left alone. The mesh's executor.
 */
final class Hearing {
  static final int PROBES = 50;
  private static final int ENOUGH = 46;
  private static final int TOO_FEW = 37;
  private static final long TEST = TimeUnit.MILLISECONDS.toNanos(300);
  private static final long SILENCE = TimeUnit.MILLISECONDS.toNanos(500);

  /** So late a tick is the fault of this machine. */
  private static final long STOOD_STILL = TimeUnit.MILLISECONDS.toNanos(250);

  private static final long WINDOW = TimeUnit.SECONDS.toNanos(1);
  private static final long LONG_GOOD = TimeUnit.MINUTES.toNanos(5);
  private static final int FEW = 50;
  private static final double TOO_MUCH = 0.25;
  private static final int MAX_TESTS = 32;

  private final BitSet probes = new BitSet(PROBES);
  private long testSince;
  private boolean testing;
  private int passed;
  private int needed = 1;
  private boolean heard;
  private boolean told;
  private long heardSince;
  private long lastAt;
  private long tickedAt;
  private long windowSince;
  private long first = -1;
  private long highest = -1;
  private int came;

  /** A sender of whom something came just now. */
  Hearing(long now) {
    lastAt = now;
    tickedAt = now;
    windowSince = now;
  }

  /** Whether it is heard well enough. */
  boolean isHeard() {
    return heard;
  }

  /** Whether that is other than when this was asked last. */
  boolean hasChanged() {
    boolean changed = told != heard;
    told = heard;
    return changed;
  }

  /** Anything came. */
  void sign(long now) {
    lastAt = now;
  }

  /** When something came last. */
  long lastAt() {
    return lastAt;
  }

  /** A symbol came, for the first time. */
  void symbol(long sequence) {
    came++;
    sent(sequence);
  }

  /** It has sent symbols up to this one. */
  void sent(long sequence) {
    first = first < 0 ? sequence : first;
    highest = Math.max(highest, sequence);
  }

  /** A PROBE came; a test ends with its last one, or by {@link #tick}. */
  void probe(int index, long now) {
    if (!testing) {
      testing = true;
      testSince = now;
      probes.clear();
    }
    probes.set(index);
    if (probes.cardinality() == PROBES) {
      judge(now);
    }
  }

  private void judge(long now) {
    testing = false;
    int count = probes.cardinality();
    passed = count >= ENOUGH ? passed + 1 : 0;
    if (!heard && passed >= needed) {
      heard = true;
      heardSince = now;
    } else if (heard && count <= TOO_FEW) {
      fall(true);
    }
  }

  /**
   * Some ten times a second.
   *
   * @param due whether parts are due of anybody: else silence may be that of who has nothing to
   *     send
   * @return symbols that were lost in the second that is over
   */
  long tick(long now, boolean due) {
    if (now - tickedAt > STOOD_STILL) {
      lastAt = now; // What came meanwhile is still to be read.
    }
    tickedAt = now;
    if (testing && now - testSince > TEST) {
      judge(now);
    }
    if (heard && now - heardSince > LONG_GOOD) {
      needed = 1;
    }
    if (heard && now - lastAt > SILENCE) {
      fall(due);
    }
    if (now - windowSince < WINDOW) {
      return 0;
    }
    long expected = first < 0 ? 0 : highest - first;
    long lost = Math.max(0, expected - came);
    if (heard && expected >= FEW && lost > TOO_MUCH * expected) {
      fall(true);
    }
    windowSince = now;
    first = highest;
    came = 0;
    return lost;
  }

  /** What came was not what the log says. */
  void spoiled() {
    if (heard) {
      fall(true);
    }
  }

  private void fall(boolean counts) {
    heard = false;
    passed = 0;
    needed = counts ? Math.min(MAX_TESTS, 2 * needed) : needed;
  }
}
