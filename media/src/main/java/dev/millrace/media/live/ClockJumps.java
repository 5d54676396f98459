package dev.millrace.media.live;

import java.time.Duration;
import java.util.Locale;

/**
 * Tells that a publisher's clock has jumped: the first time at once, then at most every ten
 * seconds, with how often it was. One thread.
 */
final class ClockJumps {
  static final String CLOCK_JUMPED = "clock-jumped";

  private static final long INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();

  private final LiveStream stream;
  private int jumps;
  private long toldNanos;

  ClockJumps(LiveStream stream) {
    this.stream = stream;
  }

  /**
   * It has jumped again.
   *
   * @param us forward, or back if negative
   * @param nanos monotonic time
   */
  void jumped(long us, long nanos) {
    jumps++;
    if (jumps > 1 && nanos - toldNanos < INTERVAL_NANOS) {
      return;
    }
    toldNanos = nanos;
    stream.setWarning(
        CLOCK_JUMPED,
        String.format(
            Locale.ROOT,
            "the publisher's clock has jumped%s by %+.1f s; the stream goes on without a hole",
            jumps == 1 ? "" : " " + jumps + " times, last",
            us / 1e6));
  }
}
