package dev.millrace.relay.iptv;

/**
 * When the next datagram of a channel is due: evenly, at its rate, steered by up to 100 ppm so that
 * frames keep coming as long before their DTS as at the beginning, although the publisher's clock
 * is another one. Who was kept from sending catches up at four times the rate. The pacer's thread.
 */
final class Pace {
  private static final double MAX_STEER = 100e-6;

  /** So much earlier or later is jitter, not a clock. */
  private static final long DEAD_BAND_US = 30_000;

  /** Steering for each microsecond of error: 100 ppm at 33 ms beyond the dead band. */
  private static final double GAIN = 3e-9;

  private static final long WINDOW_NANOS = 10_000_000_000L;
  private static final int CATCH_UP = 4;

  /** More than that is not caught up. */
  private static final long MAX_BEHIND_NANOS = 500_000_000;

  private static final long RAISE_PERIOD_US = 2_000_000;

  private long dueNanos;
  private double fraction;

  /** Not before, however late: receivers have no room for bursts. */
  private long earliestNanos;

  private double steer;
  private long windowNanos;
  private long leastUs = Long.MAX_VALUE;
  private long behindNanos;
  private long raisedUs = Long.MIN_VALUE;

  /**
   * A time base begins now.
   *
   * @param goingOn whether packets were sent up to now, whose spacing is kept
   */
  void begin(long nowNanos, boolean goingOn) {
    if (!goingOn) {
      dueNanos = nowNanos;
      fraction = 0;
      earliestNanos = nowNanos;
    }
    windowNanos = nowNanos;
    leastUs = Long.MAX_VALUE;
  }

  boolean isDue(long nowNanos) {
    return nowNanos - dueNanos() >= 0;
  }

  long dueNanos() {
    return earliestNanos - dueNanos > 0 ? earliestNanos : dueNanos;
  }

  /** How late datagrams were in all. */
  long behindNanos() {
    return behindNanos;
  }

  /** A datagram was sent. */
  void sent(long nowNanos, long bits, long rateBps) {
    double spacing = (double) bits * 1e9 / rateBps * (1 - steer);
    long lateNanos = nowNanos - dueNanos;
    behindNanos += lateNanos;
    if (lateNanos > MAX_BEHIND_NANOS) {
      dueNanos = nowNanos;
    }
    fraction += spacing;
    long whole = (long) fraction;
    fraction -= whole;
    dueNanos += whole;
    earliestNanos = nowNanos + (long) (spacing / CATCH_UP);
  }

  /**
   * A frame arrived.
   *
   * @param aheadUs its DTS minus the multiplexer's time
   * @param wantedUs what that should be where nothing is late
   */
  void arrived(long aheadUs, long wantedUs, long nowNanos) {
    leastUs = Math.min(leastUs, aheadUs);
    if (nowNanos - windowNanos < WINDOW_NANOS) {
      return;
    }
    long errorUs = leastUs - wantedUs;
    long beyondUs = Math.max(0, Math.abs(errorUs) - DEAD_BAND_US);
    steer = Math.clamp(Long.signum(errorUs) * (double) beyondUs * GAIN, -MAX_STEER, MAX_STEER);
    windowNanos = nowNanos;
    leastUs = Long.MAX_VALUE;
  }

  /** Whether the rate may be raised: at most every two seconds of the stream. */
  boolean mayRaise(long clockUs) {
    boolean may = raisedUs == Long.MIN_VALUE || clockUs - raisedUs > RAISE_PERIOD_US;
    raisedUs = may ? clockUs : raisedUs;
    return may;
  }
}
