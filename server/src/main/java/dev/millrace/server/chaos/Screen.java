package dev.millrace.server.chaos;

/**
 * What the clock says of a player without a screen: when a screen would have stood still. It begins
 * with the first part; what is shown goes on where it stood, so that each stall adds to the
 * distance from live. Guarded by its rendition.
 */
final class Screen {
  private long playedFromNanos;
  private long bufferedUs;
  private long stalledUs;
  private long lastPartNanos = System.nanoTime();
  private long longestPauseMs;

  /** More to show has come. */
  void add(long durationUs) {
    long now = System.nanoTime();
    longestPauseMs = Math.max(longestPauseMs, (now - lastPartNanos) / 1_000_000);
    lastPartNanos = now;
    if (playedFromNanos == 0) {
      playedFromNanos = now;
    }
    stalledUs = Math.max(stalledUs, (now - playedFromNanos) / 1000 - bufferedUs);
    bufferedUs += durationUs;
  }

  /** How much later than by the clock the last part was shown, or will be the next. */
  long stalledMillis() {
    long dueUs =
        playedFromNanos == 0 ? 0 : (System.nanoTime() - playedFromNanos) / 1000 - bufferedUs;
    return Math.max(stalledUs, dueUs) / 1000;
  }

  long sinceLastPartMillis() {
    return (System.nanoTime() - lastPartNanos) / 1_000_000;
  }

  long longestPauseMillis() {
    return longestPauseMs;
  }
}
