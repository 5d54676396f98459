package dev.millrace.media.time;

/** How one track's own clock is laid on the session's timeline. All times in microseconds. */
final class TrackClock {
  private static final long FIRST_STEP_US = 20_000;
  private static final long MAX_STEP_US = 1_000_000;

  private final TimestampUnwrapper unwrapper = new TimestampUnwrapper();
  private boolean started;
  private long offsetUs;
  private long lastUs;
  private long lastStepUs = FIRST_STEP_US;
  private long previousStepUs = FIRST_STEP_US;
  private boolean pending;
  private long pendingOffsetUs;

  boolean started() {
    return started;
  }

  /** The publisher's time of a frame, unwrapped; at first the class nearest to the other track. */
  long rawUs(int timestampMs, int nanos, TrackClock other) {
    if (!started && other.started) {
      unwrapper.startNear(other.unwrapper);
    }
    return unwrapper.unwrap(timestampMs) * 1000 + nanos / 1000;
  }

  /** The time of a frame of another track with the same clock, unwrapped; moves nothing. */
  long rawUsBeside(int timestampMs, int nanos) {
    return unwrapper.near(timestampMs) * 1000 + nanos / 1000;
  }

  /** Lays the first frame's raw time at {@code atUs}. */
  void start(long rawUs, long atUs) {
    started = true;
    offsetUs = rawUs - atUs;
    lastUs = Math.max(0, atUs);
  }

  /** Where on the timeline the last frame was put. */
  long lastUs() {
    return lastUs;
  }

  /**
   * Where the next frame would follow if it came as the ones before; one long step does not count.
   */
  long nextUs() {
    return lastUs + Math.min(lastStepUs, previousStepUs);
  }

  /** Raw time minus timeline. */
  long offsetUs() {
    return offsetUs;
  }

  /** Moves the track's clock for good. */
  void adopt(long newOffsetUs) {
    offsetUs = newOffsetUs;
    pending = false;
  }

  boolean hasPending() {
    return pending;
  }

  long pendingOffsetUs() {
    return pendingOffsetUs;
  }

  /** Holds an offset that the next frames must confirm. */
  void propose(long value) {
    pending = true;
    pendingOffsetUs = value;
  }

  void dropPending() {
    pending = false;
  }

  /** Puts a frame on the timeline, never before the one before it. */
  long advanceTo(long atUs) {
    long us = Math.max(atUs, lastUs);
    long step = us - lastUs;
    if (step > 0 && step <= MAX_STEP_US) {
      previousStepUs = lastStepUs;
      lastStepUs = step;
    }
    lastUs = us;
    return us;
  }
}
