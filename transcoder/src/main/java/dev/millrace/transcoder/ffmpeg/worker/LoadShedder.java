package dev.millrace.transcoder.ffmpeg.worker;

/**
 * Decides how many rungs a machine that is too slow does without. Hears of the lag at short
 * intervals; time comes with each call. One thread.
 *
 * <pre>
 * lag above 1 s, not shrinking for 1 s; input lost     one rung fewer, at most each 2 s
 * lag below 0.2 s and spare capacity for 10 s         one rung more
 * lag below 0.2 s for six times as long               one rung more, to see whether it goes
 * one fewer again within 30 s of one more             the 10 s are doubled, up to 5 min
 * nothing of the kind for 5 min                       10 s again
 * </pre>
 */
final class LoadShedder {
  static final long LAG_US = 1_000_000;
  static final long SETTLED_US = 200_000;
  private static final long SECOND = 1_000_000_000L;
  private static final long BETWEEN = 2 * SECOND;
  private static final long FIRST_WAIT = 10 * SECOND;
  private static final long LONGEST_WAIT = 300 * SECOND;
  private static final long RELAPSE = 30 * SECOND;

  /** Other programs may need all that is left, and give it up to encoders all the same. */
  private static final int WITHOUT_ROOM = 6;

  private int shed;
  private long wait = FIRST_WAIT;

  /** The least lag since it is too much, and when that was. */
  private long leastLagUs = Long.MAX_VALUE;

  private long leastLagAt;
  private boolean everShed;
  private long shedAt;
  private boolean everRestored;
  private long restoredAt;
  private boolean calm;
  private long calmSince;
  private boolean roomy;
  private long roomySince;

  /** How many are left out. */
  int shed() {
    return shed;
  }

  /**
   * Decides anew.
   *
   * @param rungs how many there are
   * @param lagUs media time that waits to be encoded
   * @param lost frames had to be dropped before the encoders since the last call
   * @param spare whether the machine seems to have room for one more rung
   * @return how many to leave out
   */
  int decide(long nowNanos, int rungs, long lagUs, boolean lost, boolean spare) {
    shed = Math.min(shed, rungs);
    boolean overloaded = lost || lags(nowNanos, lagUs);
    if (overloaded) {
      calm = false;
      roomy = false;
      if (shed < rungs && (!everShed || nowNanos - shedAt >= BETWEEN)) {
        shedOne(nowNanos);
      }
      return shed;
    }
    observe(nowNanos, lagUs < SETTLED_US, spare);
    if (shed > 0 && mayRestore(nowNanos)) {
      shed--;
      everRestored = true;
      restoredAt = nowNanos;
      calmSince = nowNanos;
      roomySince = nowNanos;
    } else if (shed == 0 && calm && nowNanos - calmSince >= LONGEST_WAIT) {
      wait = FIRST_WAIT;
    }
    return shed;
  }

  /**
   * Nothing can be judged now, because a change is still under way.
   *
   * @return how many to leave out, as before
   */
  int hold() {
    leastLagUs = Long.MAX_VALUE;
    calm = false;
    roomy = false;
    return shed;
  }

  private void observe(long nowNanos, boolean settled, boolean spare) {
    if (settled && !calm) {
      calmSince = nowNanos;
    }
    calm = settled;
    if (settled && spare && !roomy) {
      roomySince = nowNanos;
    }
    roomy = settled && spare;
  }

  private boolean mayRestore(long nowNanos) {
    long longWait = Math.min(WITHOUT_ROOM * wait, LONGEST_WAIT);
    boolean withRoom = roomy && nowNanos - roomySince >= wait;
    boolean without = calm && nowNanos - calmSince >= longWait;
    return withRoom || without;
  }

  /** A worker that joins has a history to catch up with: a lag that shrinks is no overload. */
  private boolean lags(long nowNanos, long lagUs) {
    if (lagUs <= LAG_US) {
      leastLagUs = Long.MAX_VALUE;
      return false;
    }
    if (lagUs < leastLagUs) {
      leastLagUs = lagUs;
      leastLagAt = nowNanos;
    }
    return nowNanos - leastLagAt >= SECOND;
  }

  private void shedOne(long nowNanos) {
    if (everRestored && nowNanos - restoredAt < RELAPSE) {
      wait = Math.min(2 * wait, LONGEST_WAIT);
    }
    shed++;
    leastLagUs = Long.MAX_VALUE;
    everShed = true;
    shedAt = nowNanos;
  }

  /**
   * Which rungs are left out: from the largest down, but the one that stands for the source last.
   *
   * @param index of the rung in the plan, 0 the largest
   * @param firstIsSource whether the first takes the place of the source's own rendition
   */
  static boolean isShed(int index, int rungs, int shed, boolean firstIsSource) {
    int order = !firstIsSource ? index : index == 0 ? rungs - 1 : index - 1;
    return order < shed;
  }
}
