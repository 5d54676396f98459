package dev.millrace.transcoder.worker;

import dev.millrace.media.StreamPath;
import dev.millrace.transcoder.worker.WorkerLife.Order;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one worker for a stream: starts it while there is something to do, replaces it when it
 * dies, hangs or grows too large, and leaves it alone when that does not help ({@link WorkerLife}
 * decides). One virtual thread a stream; the methods may be called on any thread and do not block,
 * except {@link #close}.
 */
public final class WorkerSupervisor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WorkerSupervisor.class);

  /** How often a worker is looked at when nothing calls for it. */
  private static final Duration LOOK = Duration.ofMillis(100);

  /** The moment at which a successor can take over without loss is short. */
  private static final Duration LOOK_FOR_BORDER = Duration.ofMillis(20);

  /** How long {@link #close} waits for a worker that was killed. */
  private static final Duration GONE_LIMIT = Duration.ofSeconds(5);

  /** What the supervisor asks of, and tells to, the ladder. Called on the supervisor's thread. */
  public interface Ward {
    /** A job for a new worker, of a new generation. */
    WorkerJob nextJob();

    /**
     * A job for a worker that is to take over from the present one later, of a generation that is
     * not let in before {@link #handOver}.
     */
    WorkerJob successorJob();

    /**
     * Lets the successor in instead of the present worker, if this is a good moment.
     *
     * @param atOnce whether any moment is good enough
     * @return whether it was done
     */
    boolean handOver(WorkerJob successor, boolean atOnce);

    /** The worker is gone: whatever it may still have under way must not count. */
    void gone();

    /** Something about the worker has changed. */
    void changed(WorkerView view);
  }

  private final StreamPath path;
  private final WorkerLauncher launcher;
  private final Ward ward;
  private final LongSupplier nanoTime;
  private final WorkerLife life;
  private final Semaphore wake = new Semaphore(0);
  private final AtomicLong inputFrames = new AtomicLong();
  private final Thread thread;
  private volatile boolean wanted;
  private volatile boolean closing;
  private volatile boolean otherInput;
  private volatile WorkerView view = WorkerView.IDLE;

  /** Of the supervisor's thread. */
  private @Nullable Worker worker;

  /** Of the supervisor's thread. */
  private final Succession succession;

  /**
   * Starts supervising; no worker is started before one is {@link #want wanted}.
   *
   * @param memoryLimitBytes resident memory beyond which a worker is replaced
   */
  public WorkerSupervisor(
      StreamPath path,
      WorkerLauncher launcher,
      Ward ward,
      long memoryLimitBytes,
      LongSupplier nanoTime) {
    this.path = path;
    this.launcher = launcher;
    this.ward = ward;
    this.nanoTime = nanoTime;
    this.life = new WorkerLife(memoryLimitBytes);
    this.succession = new Succession(path, launcher, ward, wake::release, this::log);
    this.thread = Thread.ofVirtual().name("supervise " + path).start(this::run);
  }

  /** Says whether there is something to do. A worker that is not wanted any more may finish. */
  public void want(boolean something) {
    if (wanted != something) {
      wanted = something;
      wake.release();
    }
  }

  /** The source is another than before: a stream that was given up is tried again. */
  public void otherInput() {
    otherInput = true;
    wake.release();
  }

  /** The source has one frame more: a worker must take some. */
  public void countInput() {
    inputFrames.incrementAndGet();
  }

  /** How it stands. */
  public WorkerView view() {
    return view;
  }

  private void run() {
    try {
      while (!closing || worker != null) {
        while (look()) {
          // again: one thing led to another
        }
        Duration pause = succession.isNear() ? LOOK_FOR_BORDER : LOOK;
        if (wake.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          wake.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      kill();
    } catch (RuntimeException e) {
      log.atError().addKeyValue("stream", path).setCause(e).log("supervision ends by a fault");
      kill();
    } finally {
      succession.abandon();
    }
  }

  /** Whether there is more to do at once. */
  private boolean look() {
    long now = nanoTime.getAsLong();
    succeed(now);
    Worker current = worker;
    boolean alive = current != null && current.isAlive();
    WorkerSeen seen =
        new WorkerSeen(
            wanted && !closing,
            alive,
            current == null ? 0 : current.exitStatus(),
            current == null ? Optional.empty() : current.lost(),
            current == null ? Optional.empty() : current.status(),
            current == null ? now : current.statusNanos(),
            inputFrames.get(),
            current != null && alive ? current.residentBytes() : 0,
            current != null && alive ? current.cpuNanos() : -1);
    if (otherInput) {
      otherInput = false;
      life.otherInput(now);
    }
    WorkerPhase before = life.phase();
    Order order = life.step(now, seen);
    if (current != null && !alive) {
      buried(before);
    }
    switch (order) {
      case NOTHING -> {}
      case START -> start();
      case KILL -> kill();
    }
    publish(seen);
    return life.phase() != before;
  }

  /** A worker that must go from its node has a successor, which is ready before it goes. */
  private void succeed(long now) {
    Worker leaving = worker;
    if (leaving == null || !wanted || closing) {
      succession.abandon();
      return;
    }
    Optional<Worker> successor = succession.step(now, leaving, life.phase() == WorkerPhase.WORKING);
    if (successor.isPresent()) {
      worker = successor.get();
      life.handedOver(now);
      leaving.kill();
    }
  }

  private void buried(WorkerPhase before) {
    worker = null;
    ward.gone();
    switch (life.phase()) {
      case PAUSED ->
          log.atWarn()
              .addKeyValue("stream", path)
              .log(
                  "worker {}{}",
                  life.reason(),
                  life.pause().isZero()
                      ? "; replaced"
                      : "; the next one starts in " + life.pause().toSeconds() + " s");
      case GIVEN_UP ->
          log.atError()
              .addKeyValue("stream", path)
              .log(
                  "worker {}; {} failed one after the other: the stream has its source only, until"
                      + " its publisher comes anew",
                  life.reason(),
                  WorkerLife.MOST_FAILURES);
      default -> log.atDebug().addKeyValue("stream", path).log("worker is gone, it was {}", before);
    }
  }

  private void start() {
    Optional<String> obstacle = launcher.obstacle(path);
    if (obstacle.isPresent()) {
      life.noPlace(nanoTime.getAsLong(), obstacle.get());
      return;
    }
    try {
      worker = launcher.start(ward.nextJob(), wake::release, this::log);
    } catch (NoPlaceException e) {
      life.noPlace(nanoTime.getAsLong(), String.valueOf(e.getMessage()));
      ward.gone();
    } catch (IOException e) {
      life.notStarted(nanoTime.getAsLong(), String.valueOf(e.getMessage()));
      log.atWarn().addKeyValue("stream", path).log("worker {}", life.reason());
      ward.gone();
    }
  }

  private void kill() {
    Worker current = worker;
    if (current != null) {
      log.atDebug().addKeyValue("stream", path).log("process {} is killed", current.pid());
      current.kill();
    }
  }

  private void publish(WorkerSeen seen) {
    WorkerView now =
        new WorkerView(
            life.phase(),
            life.restarts(),
            life.reason(),
            life.obstacle(),
            worker == null ? "" : worker.node(),
            worker == null ? Optional.empty() : seen.status());
    if (!now.equals(view)) {
      view = now;
      ward.changed(now);
    }
  }

  private void log(WorkerEvent event) {
    switch (event.level()) {
      case INFO -> log.atInfo().addKeyValue("stream", path).log("worker: {}", event.text());
      case WARN -> log.atWarn().addKeyValue("stream", path).log("worker: {}", event.text());
      case ERROR -> log.atError().addKeyValue("stream", path).log("worker: {}", event.text());
    }
  }

  /** Ends the worker, by force if it takes longer than a moment, and waits until it is gone. */
  @Override
  public void close() {
    closing = true;
    wake.release();
    try {
      if (!thread.join(WorkerLife.END_GRACE.plus(GONE_LIMIT))) {
        log.atWarn().addKeyValue("stream", path).log("worker does not go");
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
