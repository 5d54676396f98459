package dev.millrace.transcoder.worker;

import dev.millrace.media.StreamPath;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Workers of this node, no more at once than it has slots: a worker has one from its start until
 * its process is gone. Any thread.
 */
public final class LimitedWorkers implements WorkerLauncher {
  private final WorkerLauncher workers;
  private final WorkerSlots slots;

  /**
   * @param workers starts them; tells by {@code changed} when one is gone
   */
  public LimitedWorkers(WorkerLauncher workers, WorkerSlots slots) {
    this.workers = workers;
    this.slots = slots;
  }

  @Override
  public Optional<String> obstacle(StreamPath path) {
    return slots.taken() < slots.count() ? Optional.empty() : Optional.of(full());
  }

  private String full() {
    return "all " + slots.count() + " workers of this node are taken (transcode.max-workers)";
  }

  /**
   * Starts one.
   *
   * @throws NoPlaceException if all slots are taken
   */
  @Override
  public Worker start(WorkerJob job, Runnable changed, WorkerEvents events) throws IOException {
    if (!slots.take()) {
      throw new NoPlaceException(full());
    }
    Slot slot = new Slot(changed);
    try {
      Worker worker = workers.start(job, slot::look, events);
      slot.of(worker);
      return worker;
    } catch (IOException | RuntimeException e) {
      slot.giveBack();
      throw e;
    }
  }

  /** That of one worker. */
  private final class Slot {
    private final Runnable changed;
    private final AtomicBoolean taken = new AtomicBoolean(true);
    private volatile Optional<Worker> worker = Optional.empty();

    Slot(Runnable changed) {
      this.changed = changed;
    }

    /** A worker may be gone before it is known here. */
    void of(Worker started) {
      worker = Optional.of(started);
      if (!started.isAlive()) {
        giveBack();
      }
    }

    void look() {
      if (worker.isPresent() && !worker.get().isAlive()) {
        giveBack();
      }
      changed.run();
    }

    void giveBack() {
      if (taken.getAndSet(false)) {
        slots.giveBack();
      }
    }
  }
}
