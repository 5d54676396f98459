package dev.millrace.media.time;

/**
 * Watches how far media time and the arrival clock part. The network delays frames, but it cannot
 * make them early: only where the frames of a whole window are all late, or all early, by more than
 * the limit have the clocks parted; a stall that is followed by a burst has not. All times in
 * microseconds.
 */
final class WallDrift {
  private static final long LIMIT_US = 1_000_000;
  private static final long WINDOW_US = 2_000_000;

  private long anchorUs;
  private long windowStartUs;
  private long earliestUs;
  private long latestUs;

  /** From here on a frame of this time that arrives now is in step. */
  void anchor(long mediaUs, long arrivalUs) {
    anchorUs = mediaUs - arrivalUs;
    openWindow(arrivalUs, 0);
  }

  /** How far media time is ahead of the arrival clock; negative if it is behind. */
  long aheadUs(long mediaUs, long arrivalUs) {
    return mediaUs - arrivalUs - anchorUs;
  }

  boolean beyondLimit(long aheadUs) {
    return Math.abs(aheadUs) > LIMIT_US;
  }

  /** Takes note of a frame; true if a window has passed in which all were beyond the limit. */
  boolean parted(long mediaUs, long arrivalUs) {
    long aheadUs = aheadUs(mediaUs, arrivalUs);
    earliestUs = Math.min(earliestUs, aheadUs);
    latestUs = Math.max(latestUs, aheadUs);
    if (arrivalUs - windowStartUs < WINDOW_US) {
      return false;
    }
    boolean parted = earliestUs > LIMIT_US || latestUs < -LIMIT_US;
    openWindow(arrivalUs, aheadUs);
    return parted;
  }

  private void openWindow(long arrivalUs, long aheadUs) {
    windowStartUs = arrivalUs;
    earliestUs = aheadUs;
    latestUs = aheadUs;
  }
}
