package dev.millrace.media.time;

/**
 * Makes a 64-bit time of a 32-bit one that is counted modulo 2^32 (RTMP §5.3.1.2.2: about 49 days
 * and 17 hours of milliseconds): each timestamp is taken for the one of its class that is nearest
 * to the one before, so that it may go back as well as forward by up to 2^31.
 */
final class TimestampUnwrapper {
  private long last;

  /** Starts where another one stands: both are taken to belong to one clock. */
  void startNear(TimestampUnwrapper other) {
    last = other.last;
  }

  long unwrap(int timestamp) {
    last = near(timestamp);
    return last;
  }

  /** What {@link #unwrap} would give; nothing is remembered. */
  long near(int timestamp) {
    return last + (timestamp - (int) last);
  }
}
