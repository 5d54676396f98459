package dev.millrace.relay.mesh;

/**
 * Time for a {@link Mesh}, and the executor on which all of it runs: those of the machine in a
 * node, simulated ones in tests. Called on the mesh's executor, but for {@link #execute}.
 */
public interface MeshTime {
  /** Nanoseconds from any beginning; never goes back. */
  long nanoTime();

  /**
   * Runs the task once, on the mesh's executor, not before so many nanoseconds have passed and
   * never within this call. Nothing is cancelled: tasks find out themselves that they came too
   * late.
   */
  void after(long nanos, Runnable task);

  /** Runs the task on the mesh's executor, behind what is there already. Called by any thread. */
  void execute(Runnable task);
}
