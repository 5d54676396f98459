package dev.millrace.relay.mesh;

import dev.millrace.testkit.SimulatedTime;

/** Simulated time, as meshes see it. */
final class SimulatedMeshTime implements MeshTime {
  private final SimulatedTime time = new SimulatedTime();

  @Override
  public long nanoTime() {
    return time.nanos();
  }

  @Override
  public void after(long nanos, Runnable task) {
    time.schedule(task, nanos);
  }

  @Override
  public void execute(Runnable task) {
    after(0, task);
  }

  void at(long nanos, Runnable task) {
    after(nanos - nanoTime(), task);
  }

  void runUntil(long until) {
    time.runUntil(until);
  }
}
