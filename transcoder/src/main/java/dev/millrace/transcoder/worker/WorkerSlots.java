package dev.millrace.transcoder.worker;

import java.util.concurrent.Semaphore;

/** How many workers a node may have at once, whoever they work for. Any thread. */
public final class WorkerSlots {
  private final int count;
  private final Semaphore free;

  public WorkerSlots(int count) {
    this.count = count;
    this.free = new Semaphore(count);
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** How many are taken now. */
  public int taken() {
    return count - free.availablePermits();
  }

  /** Takes one if there is one. */
  public boolean take() {
    return free.tryAcquire();
  }

  /** Gives one back. */
  public void giveBack() {
    free.release();
  }
}
