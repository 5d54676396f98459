package dev.millrace.transcoder.worker;

import dev.millrace.media.StreamPath;
import dev.millrace.transcoder.worker.WorkerLauncher.WorkerEvents;
import dev.millrace.transcoder.worker.WorkerSupervisor.Ward;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The change from a worker whose node wants to be rid of it to one elsewhere: the other one is
 * started and made ready first, and takes over between two segments. The supervisor's thread.
 */
final class Succession {
  private static final Logger log = LoggerFactory.getLogger(Succession.class);

  /** How long a moment between two segments is waited for once the successor is ready. */
  static final Duration BORDER_LIMIT = Duration.ofSeconds(8);

  /** After a successor could not be started, or died. */
  static final Duration PAUSE = Duration.ofSeconds(1);

  private final StreamPath path;
  private final WorkerLauncher launcher;
  private final Ward ward;
  private final Runnable changed;
  private final WorkerEvents events;
  private @Nullable Heir heir;
  private long pausedNanos;
  private boolean paused;

  /** The one that is to take over, since when it is ready, and what it was told. */
  private record Heir(Worker worker, WorkerJob job, Optional<Long> readyNanos) {}

  Succession(
      StreamPath path, WorkerLauncher launcher, Ward ward, Runnable changed, WorkerEvents events) {
    this.path = path;
    this.launcher = launcher;
    this.ward = ward;
    this.changed = changed;
    this.events = events;
  }

  /** Whether a successor is ready, so that the right moment may come soon. */
  boolean isNear() {
    Heir present = heir;
    return present != null && present.readyNanos().isPresent();
  }

  /**
   * Does what is to be done next.
   *
   * @param leaving the present worker
   * @param atWork whether it is at work, so that there is something to hand over
   * @return the worker that has taken over just now; the other one may be killed
   */
  Optional<Worker> step(long nowNanos, Worker leaving, boolean atWork) {
    Heir present = heir;
    if (present == null) {
      if (atWork && leaving.isAlive() && leaving.mustMove() && !isPaused(nowNanos)) {
        begin(nowNanos, leaving);
      }
      return Optional.empty();
    }
    if (!present.worker().isAlive()) {
      heir = null;
      pause(nowNanos);
      return Optional.empty();
    }
    if (present.readyNanos().isEmpty() && present.worker().status().isPresent()) {
      present = new Heir(present.worker(), present.job(), Optional.of(nowNanos));
      heir = present;
    }
    boolean tooLong =
        present.readyNanos().isPresent()
            && nowNanos - present.readyNanos().get() >= BORDER_LIMIT.toNanos();
    boolean atOnce = tooLong || !leaving.isAlive();
    if ((atOnce || present.readyNanos().isPresent()) && ward.handOver(present.job(), atOnce)) {
      heir = null;
      log.atInfo()
          .addKeyValue("stream", path)
          .log(
              "worker moved{}{}",
              present.worker().node().isEmpty() ? "" : " to node " + present.worker().node(),
              atOnce ? ", not between two segments" : "");
      return Optional.of(present.worker());
    }
    return Optional.empty();
  }

  private void begin(long nowNanos, Worker leaving) {
    if (launcher.obstacle(path).isPresent()) {
      pause(nowNanos);
      return;
    }
    WorkerJob job = ward.successorJob();
    try {
      heir = new Heir(launcher.start(job, changed, events), job, Optional.empty());
      log.atInfo()
          .addKeyValue("stream", path)
          .log("worker is to move from node {}, another one starts", leaving.node());
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("stream", path)
          .log("worker stays on node {} for now: {}", leaving.node(), e.getMessage());
      pause(nowNanos);
    }
  }

  private void pause(long nowNanos) {
    paused = true;
    pausedNanos = nowNanos;
  }

  private boolean isPaused(long nowNanos) {
    paused &= nowNanos - pausedNanos < PAUSE.toNanos();
    return paused;
  }

  /** There is nothing to hand over any more. */
  void abandon() {
    Heir present = heir;
    heir = null;
    if (present != null) {
      present.worker().kill();
    }
  }
}
