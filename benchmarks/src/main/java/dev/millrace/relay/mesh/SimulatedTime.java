package dev.millrace.relay.mesh;

/** The simulated time of clusters, as meshes see it. */
final class SimulatedTime implements MeshTime {
  private final dev.millrace.cluster.SimulatedTime time = new dev.millrace.cluster.SimulatedTime();

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
