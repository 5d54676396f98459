package dev.millrace.server.bench;

import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * How late a client's own thread is: a task that it is to run every 5 ms or oftener. Each of these
 * times counts by itself, also those of a pause in which it did not run, so that a long pause
 * weighs as much as it would to what arrives all the time. One thread.
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
    for (; now - dueNanos >= 0; dueNanos += STEP.toNanos()) {
      late.accept(now - dueNanos);
    }
  }
}
