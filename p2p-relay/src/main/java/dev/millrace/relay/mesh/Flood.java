package dev.millrace.relay.mesh;

import java.util.concurrent.TimeUnit;

/**
 * Whether a peer sends far more chunks than are of use, in windows of 1 s: those that are here
 * already, or over. All of a stream once is no fault: that comes of hedges and tickets. Nor is what
 * is due from it twice more: it was under way when it was cancelled. Mesh's executor.
 */
final class Flood {
  private static final long WINDOW = TimeUnit.SECONDS.toNanos(1);
  private static final int FREE = 32;
  private static final long TIMES_DUE = 2;

  private long since;
  private long allowed;
  private long useless;

  Flood(long now) {
    since = now;
  }

  /** A part of so many chunks was signed, of which so many are to come from it. */
  void signed(int chunks, int due, long now) {
    roll(now);
    allowed += chunks + TIMES_DUE * due;
  }

  /** So many chunks were asked of it. */
  void wanted(int chunks, long now) {
    roll(now);
    allowed += TIMES_DUE * chunks;
  }

  /** It sent a chunk of no use; true, and counted from nothing again, where these are too many. */
  boolean isOne(long now) {
    roll(now);
    useless++;
    if (useless <= FREE + allowed) {
      return false;
    }
    useless = 0;
    allowed = 0;
    return true;
  }

  /** Half of what was in the window before still counts, so that none begins with nothing. */
  private void roll(long now) {
    if (now - since > WINDOW) {
      since = now;
      allowed /= 2;
      useless /= 2;
    }
  }
}
