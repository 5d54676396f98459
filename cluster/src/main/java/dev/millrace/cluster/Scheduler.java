package dev.millrace.cluster;

/** Runs tasks later, on a thread of the caller's choice; a task may take a second. */
@FunctionalInterface
public interface Scheduler {
  /** Runs the task once, in so many nanoseconds or soon after. */
  void schedule(Runnable task, long delayNanos);
}
