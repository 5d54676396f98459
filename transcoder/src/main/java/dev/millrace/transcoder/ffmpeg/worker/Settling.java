package dev.millrace.transcoder.ffmpeg.worker;

import java.util.List;

/**
 * Tells encoders that have just begun from those that are under way. The former have a history to
 * catch up with, and everything about them is done for the first time: being behind says nothing of
 * the machine. One thread.
 */
final class Settling {
  static final long NANOS = 5_000_000_000L;

  private List<?> known = List.of();
  private boolean begun;
  private long begunNanos;

  /**
   * Looks.
   *
   * @param encoders another list when they are others
   * @param encodes whether one of them has encoded anything yet
   * @return whether less than {@link #NANOS} have passed since the first frame
   */
  boolean look(long nowNanos, List<?> encoders, boolean encodes) {
    if (!encoders.equals(known)) {
      known = encoders;
      begun = false;
    }
    if (!begun && encodes) {
      begun = true;
      begunNanos = nowNanos;
    }
    return !begun || nowNanos - begunNanos < NANOS;
  }
}
