package dev.millrace.transcoder.worker;

import static dev.millrace.transcoder.worker.WorkerLife.hasPassed;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Whether a worker that is at work hangs or grows too large. One thread. */
final class WorkerHealth {
  /**
   * A worker says something twice a second; and while frames come, it takes some. On a machine with
   * far too much to do even that takes long, and another worker would only make it worse.
   */
  static final Duration HANG_LIMIT = Duration.ofSeconds(6);

  /** Silence of one that has not used a processor either for {@link #STILL}. */
  static final Duration STOPPED_LIMIT = Duration.ofMillis(1200);

  static final Duration STILL = Duration.ofMillis(800);

  /**
   * Who looks comes by far more often. If not, the whole machine stood still, and nothing can be
   * said of the worker.
   */
  static final Duration BLIND = Duration.ofSeconds(1);

  private final long memoryLimitBytes;

  /** Of the last status that showed progress, or of the last moment without input. */
  private long progress;

  private long progressNanos;
  private long inputAtProgress;
  private boolean large;

  /** When the worker was last seen to have used a processor. */
  private long activeNanos;

  private long cpuNanos;
  private long lookedNanos;

  /** When whoever looks began to look without a break. */
  private long lookingSinceNanos;

  /**
   * @param memoryLimitBytes resident memory that is too much
   */
  WorkerHealth(long memoryLimitBytes) {
    this.memoryLimitBytes = memoryLimitBytes;
  }

  /** Somebody looks, in whatever phase. */
  void looked(long nowNanos) {
    if (hasPassed(BLIND, lookedNanos, nowNanos)) {
      lookingSinceNanos = nowNanos;
      progressNanos = nowNanos;
    }
    lookedNanos = nowNanos;
  }

  /** A worker has said its first words. */
  void begins(long nowNanos, WorkerSeen seen) {
    progressed(nowNanos, seen);
    activeNanos = nowNanos;
    large = false;
  }

  /** Why it must be replaced, for the log; empty if it is well. */
  Optional<String> complaint(long nowNanos, WorkerSeen seen) {
    if (seen.cpuNanos() != cpuNanos) {
      cpuNanos = seen.cpuNanos();
      activeNanos = nowNanos;
    }
    long heardNanos = Math.max(seen.statusNanos(), lookingSinceNanos);
    if (hasPassed(HANG_LIMIT, heardNanos, nowNanos)) {
      return Optional.of("hangs: it has said nothing for " + HANG_LIMIT.toSeconds() + " s");
    }
    if (hasPassed(STOPPED_LIMIT, heardNanos, nowNanos)
        && cpuNanos >= 0
        && hasPassed(STILL, activeNanos, nowNanos)) {
      return Optional.of("hangs: it says and does nothing");
    }
    if (progress(seen) != progress || seen.inputFrames() == inputAtProgress) {
      progressed(nowNanos, seen);
    } else if (hasPassed(HANG_LIMIT, progressNanos, nowNanos)) {
      return Optional.of(
          "hangs: it has taken no frame for " + HANG_LIMIT.toSeconds() + " s while frames came");
    }
    return watchMemory(seen);
  }

  /** Twice in a row: the memory of a child that is being killed by somebody else may look odd. */
  private Optional<String> watchMemory(WorkerSeen seen) {
    boolean wasLarge = large;
    large = seen.residentBytes() > memoryLimitBytes;
    return large && wasLarge
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "takes %d MiB of memory, may take %d",
                seen.residentBytes() >> 20,
                memoryLimitBytes >> 20))
        : Optional.empty();
  }

  private void progressed(long nowNanos, WorkerSeen seen) {
    progress = progress(seen);
    progressNanos = nowNanos;
    inputAtProgress = seen.inputFrames();
  }

  private static long progress(WorkerSeen seen) {
    return seen.status().map(status -> status.framesRead() + status.framesEncoded()).orElse(0L);
  }
}
