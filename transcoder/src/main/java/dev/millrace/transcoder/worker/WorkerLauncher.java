package dev.millrace.transcoder.worker;

import dev.millrace.media.StreamPath;
import java.io.IOException;
import java.util.Optional;

/** Starts workers. */
public interface WorkerLauncher {
  /**
   * Why no worker of a stream can be started now, a sentence for operators; empty if it is worth a
   * try. Any thread; does not wait.
   */
  default Optional<String> obstacle(StreamPath path) {
    return Optional.empty();
  }

  /**
   * Starts one; may wait for another node, for some seconds.
   *
   * @param changed called on any thread when there is something new to see: a status, its end
   * @param events takes what the worker wants to be logged, on any thread
   * @throws NoPlaceException if it cannot be now, and another try is worth while
   * @throws IOException if it cannot be
   */
  Worker start(WorkerJob job, Runnable changed, WorkerEvents events) throws IOException;

  /** Takes events. */
  interface WorkerEvents {
    void accept(WorkerEvent event);
  }
}
