package dev.millrace.relay.mesh;

import java.util.PriorityQueue;

/** Simulated time: things happen in order, and nothing takes longer than it is said to. */
final class SimulatedTime implements MeshTime {
  private record Event(long at, long number, Runnable action) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          (one, other) ->
              one.at != other.at
                  ? Long.compare(one.at, other.at)
                  : Long.compare(one.number, other.number));
  private long now;
  private long numbers;

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public void after(long nanos, Runnable task) {
    events.add(new Event(now + Math.max(0, nanos), numbers++, task));
  }

  @Override
  public void execute(Runnable task) {
    after(0, task);
  }

  void at(long nanos, Runnable task) {
    after(nanos - now, task);
  }

  void runUntil(long until) {
    while (!events.isEmpty() && events.element().at <= until) {
      Event event = events.remove();
      now = event.at;
      event.action.run();
    }
    now = until;
  }
}
