package dev.millrace.transcoder.worker;

import dev.millrace.media.StreamPath;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Workers of this node's own streams, which can be asked to move to other nodes, as those of other
 * nodes' streams are ({@link Worker#mustMove}). Any thread.
 */
public final class LeavableWorkers implements WorkerLauncher {
  private final WorkerLauncher workers;
  private final Set<Leavable> running = ConcurrentHashMap.newKeySet();
  private volatile boolean leaving;

  /**
   * @param workers starts them; tells by {@code changed} when one is gone
   */
  public LeavableWorkers(WorkerLauncher workers) {
    this.workers = workers;
  }

  /** From now on all that run here are to move, and none is started. */
  public void leave() {
    leaving = true;
    running.forEach(each -> each.changed.run());
  }

  /** How many run here. */
  public int count() {
    return (int) running.stream().filter(Worker::isAlive).count();
  }

  @Override
  public Optional<String> obstacle(StreamPath path) {
    return leaving ? Optional.of(drains()) : workers.obstacle(path);
  }

  private static String drains() {
    return "this node drains and takes no more workers";
  }

  /**
   * Starts one.
   *
   * @throws NoPlaceException also if all are to move from here
   */
  @Override
  public Worker start(WorkerJob job, Runnable changed, WorkerEvents events) throws IOException {
    if (leaving) {
      throw new NoPlaceException(drains());
    }
    Leavable started = new Leavable(workers.start(job, changed, events), changed);
    running.removeIf(each -> !each.isAlive());
    running.add(started);
    return started;
  }

  private final class Leavable implements Worker {
    private final Worker worker;
    private final Runnable changed;

    Leavable(Worker worker, Runnable changed) {
      this.worker = worker;
      this.changed = changed;
    }

    @Override
    public boolean mustMove() {
      return leaving || worker.mustMove();
    }

    @Override
    public boolean isAlive() {
      return worker.isAlive();
    }

    @Override
    public int exitStatus() {
      return worker.exitStatus();
    }

    @Override
    public Optional<WorkerStatus> status() {
      return worker.status();
    }

    @Override
    public long statusNanos() {
      return worker.statusNanos();
    }

    @Override
    public long residentBytes() {
      return worker.residentBytes();
    }

    @Override
    public long cpuNanos() {
      return worker.cpuNanos();
    }

    @Override
    public long pid() {
      return worker.pid();
    }

    @Override
    public String node() {
      return worker.node();
    }

    @Override
    public Optional<String> lost() {
      return worker.lost();
    }

    @Override
    public void kill() {
      worker.kill();
    }
  }
}
