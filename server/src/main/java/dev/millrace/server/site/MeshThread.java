package dev.millrace.server.site;

import dev.millrace.relay.mesh.MeshTime;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread on which a mesh runs, and its clock. */
public final class MeshThread implements MeshTime, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MeshThread.class);

  private final LongSupplier nanoTime;
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name("mesh").daemon().factory());

  public MeshThread(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public long nanoTime() {
    return nanoTime.getAsLong();
  }

  @Override
  public void after(long nanos, Runnable task) {
    try {
      thread.schedule(() -> run(task), nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // The node stops.
    }
  }

  @Override
  public void execute(Runnable task) {
    try {
      thread.execute(() -> run(task));
    } catch (RejectedExecutionException e) {
      // The node stops.
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("the mesh failed", e); // and goes on: an executor would be silent
    }
  }

  /** Ends behind what it has to do now, within a second. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(1, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      thread.shutdownNow();
    }
  }
}
