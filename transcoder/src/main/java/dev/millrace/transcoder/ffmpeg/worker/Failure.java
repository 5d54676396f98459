package dev.millrace.transcoder.ffmpeg.worker;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The first thing that went wrong for good, shared by all stages of a pipeline, which then stop.
 * Any thread: the reference is written once and read to decide whether to go on.
 */
final class Failure {
  private final AtomicReference<@Nullable Throwable> cause = new AtomicReference<>();

  /** Remembers the first cause; later ones are its consequences. */
  void set(Throwable failure) {
    cause.compareAndSet(null, failure);
  }

  boolean happened() {
    return cause.get() != null;
  }

  /** Throws what happened, if anything. */
  void check() {
    Throwable failure = cause.get();
    if (failure != null) {
      throw new WorkerException(failure);
    }
  }
}
