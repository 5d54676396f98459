package dev.millrace.server.internal;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long the other side has said nothing, by a clock that stands still while this process does:
 * one that was stopped and goes on finds what came meanwhile before it gives up. One thread.
 */
final class Silence {
  /** Between two looks; whoever looks more seldom was stopped. */
  static final Duration LOOK = Duration.ofMillis(250);

  private static final long MOST_NANOS = 2 * LOOK.toNanos();

  private final long limitNanos;
  private final LongSupplier nanoTime;
  private long lookedNanos;
  private long silentNanos;

  Silence(Duration limit, LongSupplier nanoTime) {
    this.limitNanos = limit.toNanos();
    this.nanoTime = nanoTime;
    this.lookedNanos = nanoTime.getAsLong();
  }

  /** Something came. */
  void heard() {
    silentNanos = 0;
    lookedNanos = nanoTime.getAsLong();
  }

  /** Whether the limit is reached; to be called every {@link #LOOK}. */
  boolean isTooLong() {
    long now = nanoTime.getAsLong();
    silentNanos += Math.min(now - lookedNanos, MOST_NANOS);
    lookedNanos = now;
    return silentNanos >= limitNanos;
  }
}
