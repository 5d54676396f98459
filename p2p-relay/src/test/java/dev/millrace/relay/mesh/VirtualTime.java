package dev.millrace.relay.mesh;

import dev.millrace.testkit.SimulatedTime;

/** A time of the test's own, as meshes see it: it passes only while the test lets it. */
public class VirtualTime implements MeshTime {
  private final SimulatedTime time = new SimulatedTime();

  /** Lets so much of it pass. */
  public final void passMs(long millis) {
    time.runUntil(time.nanos() + Ground.ms(millis));
  }

  @Override
  public final long nanoTime() {
    return time.nanos();
  }

  @Override
  public final void after(long nanos, Runnable task) {
    time.schedule(task, nanos);
  }

  @Override
  public final void execute(Runnable task) {
    after(0, task);
  }
}
