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

  /** Ends it by force, at once. Does not wait. */
  void kill();
}
