package dev.millrace.relay.mesh;

import java.util.PriorityQueue;

/** A time of the test's own: what is due happens in order, and only while the test lets it pass. */
public class VirtualTime implements MeshTime {
  private record Event(long at, long number, Runnable task) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          (one, other) ->
              one.at != other.at
                  ? Long.compare(one.at, other.at)
                  : Long.compare(one.number, other.number));
  private long now;
  private long numbers;

  /** Lets so much of it pass. */
  public final void passMs(long millis) {
    long until = now + Ground.ms(millis);
    while (!events.isEmpty() && events.element().at <= until) {
      Event event = events.remove();
      now = event.at;
      event.task.run();
    }
    now = until;
  }

  @Override
  public final long nanoTime() {
    return now;
  }

  @Override
  public final void after(long nanos, Runnable task) {
    events.add(new Event(now + nanos, numbers++, task));
  }

  @Override
  public final void execute(Runnable task) {
    after(0, task);
  }
}
