package dev.millrace.transcoder.worker;

import java.util.Optional;

/** A worker that was started. Any thread. */
public interface Worker {
  boolean isAlive();

  /** Its exit status; 0 while it is alive. */
  int exitStatus();

  /** Its last status line; empty before the first. */
  Optional<WorkerStatus> status();

  /** When that line came, by the monotonic clock. */
  long statusNanos();

  /** Its resident memory; 0 where that cannot be seen. */
  long residentBytes();

  /** Processor time that it has used, nanoseconds; negative where that cannot be seen. */
  long cpuNanos();

  /** For the log. */
  long pid();

  /** Name of the node where it runs; empty for this node, where that needs no name. */
  default String node() {
    return "";
  }

  /**
   * Why nothing is known of it any more, where that is not its own doing: its node is gone or
   * cannot be reached. It is not alive then.
   */
  default Optional<String> lost() {
    return Optional.empty();
  }

  /** Whether its node wants to be rid of it: another one should take over. */
  default boolean mustMove() {
    return false;
  }

  /** Ends it by force, at once. Does not wait. */
  void kill();
}
