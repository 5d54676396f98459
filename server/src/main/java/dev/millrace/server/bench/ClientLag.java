package dev.millrace.server.bench;

import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * How late a client's own thread is: a task that it is to run at fixed times. One that comes late
 * comes once for each time that was missed, and each counts, so that a long pause weighs as much as
 * it would to what arrives all the time. One thread.
 */
final class ClientLag implements Runnable {
  /** From one time to the next. */
  static final Duration STEP = Duration.ofMillis(5);

  private final LongSupplier nanoTime;
  private final LongConsumer late;
  private boolean begun;
  private long dueNanos;

  /**
   * @param nanoTime a monotonic clock
   * @param late takes nanoseconds
   */
  ClientLag(LongSupplier nanoTime, LongConsumer late) {
    this.nanoTime = nanoTime;
    this.late = late;
  }

  @Override
  public void run() {
    long now = nanoTime.getAsLong();
    if (!begun) {
      begun = true;
      dueNanos = now;
    }
    late.accept(Math.max(0, now - dueNanos));
    dueNanos += STEP.toNanos();
  }
}
