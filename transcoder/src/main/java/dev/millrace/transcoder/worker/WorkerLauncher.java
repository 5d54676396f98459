package dev.millrace.transcoder.worker;

import java.io.IOException;

/** Starts workers. */
public interface WorkerLauncher {
  /**
   * Starts one.
   *
   * @param changed called on any thread when there is something new to see: a status, its end
   * @param events takes what the worker wants to be logged, on any thread
   */
  Worker start(WorkerJob job, Runnable changed, WorkerEvents events) throws IOException;

  /** Takes events. */
  interface WorkerEvents {
    void accept(WorkerEvent event);
  }
}
