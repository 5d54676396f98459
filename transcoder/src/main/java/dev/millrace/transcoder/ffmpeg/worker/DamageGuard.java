package dev.millrace.transcoder.ffmpeg.worker;

/**
 * Decides which decoded pictures are fit to be shown. From a damaged picture on nothing is right
 * until the next key frame, so the last good picture is shown in place of each; but not for ever,
 * because some sources refresh their picture in stripes and never send a key frame. One thread.
 */
final class DamageGuard {
  /** What is shown instead of a damaged picture is at most this old. */
  static final long MAX_FREEZE_US = 5_000_000;

  private static final long NONE = Long.MIN_VALUE;

  private long damagedSinceUs = NONE;

  /** Whether this picture may be shown. */
  boolean fit(long ptsUs, boolean key, boolean damaged) {
    if (damaged) {
      if (damagedSinceUs == NONE) {
        damagedSinceUs = ptsUs;
      }
    } else if (key) {
      damagedSinceUs = NONE;
    }
    return damagedSinceUs == NONE || ptsUs - damagedSinceUs > MAX_FREEZE_US;
  }

  /** A new decoder or timeline begins. */
  void reset() {
    damagedSinceUs = NONE;
  }
}
