package dev.millrace.testkit;

import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/**
 * Simulated time: things happen in order, and nothing takes longer than it is said to. One thread.
 */
public final class SimulatedTime {
  private record Event(long at, long number, Runnable action) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          (one, other) ->
              one.at != other.at
                  ? Long.compare(one.at, other.at)
                  : Long.compare(one.number, other.number));
  private long now;
  private long numbers;

  /** Since the beginning. */
  public long nanos() {
    return now;
  }

  /** Since the beginning. */
  public double seconds() {
    return now / 1e9;
  }

  /** Runs it after so long, at once if that is negative. */
  public void schedule(Runnable action, long delayNanos) {
    events.add(new Event(now + Math.max(0, delayNanos), numbers++, action));
  }

  /** Runs it after so long. */
  public void after(double seconds, Runnable action) {
    schedule(action, (long) (seconds * 1e9));
  }

  /** Runs what happens in so long. */
  public void runFor(double seconds) {
    runUntil(now + (long) (seconds * TimeUnit.SECONDS.toNanos(1)));
  }

  /** Runs what happens until then. */
  public void runUntil(long until) {
    while (!events.isEmpty() && events.element().at <= until) {
      Event event = events.remove();
      now = event.at;
      event.action.run();
    }
    now = until;
  }
}
