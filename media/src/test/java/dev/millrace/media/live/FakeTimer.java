package dev.millrace.media.live;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs what is due when a test moves the clock, on the test's thread. */
public final class FakeTimer extends ScheduledThreadPoolExecutor {
  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  private long nanos;

  private record Task(long dueNanos, Runnable work) implements Comparable<Task> {
    @Override
    public int compareTo(Task other) {
      return Long.compare(dueNanos, other.dueNanos);
    }
  }

  public FakeTimer() {
    super(0);
  }

  @Override
  public @Nullable ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
    tasks.add(new Task(nanos + unit.toNanos(delay), work));
    return null;
  }

  /** Never ends: a test does. */
  @Override
  public @Nullable ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable work, long first, long delay, TimeUnit unit) {
    return schedule(
        () -> {
          work.run();
          scheduleWithFixedDelay(work, delay, delay, unit);
        },
        first,
        unit);
  }

  public long nanos() {
    return nanos;
  }

  public int pending() {
    return tasks.size();
  }

  public void advance(Duration by) {
    nanos += by.toNanos();
    while (!tasks.isEmpty() && tasks.peek().dueNanos() <= nanos) {
      tasks.remove().work().run();
    }
  }
}
