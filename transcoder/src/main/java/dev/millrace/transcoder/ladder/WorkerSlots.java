package dev.millrace.transcoder.ladder;

import java.util.concurrent.Semaphore;

/** How many workers a node may have at once. Any thread. */
public final class WorkerSlots {
  private final int count;
  private final Semaphore free;

  public WorkerSlots(int count) {
    this.count = count;
    this.free = new Semaphore(count);
  }

  int count() {
    return count;
  }

  /** Takes one if there is one. */
  boolean take() {
    return free.tryAcquire();
  }

  /** Gives one back. */
  void giveBack() {
    free.release();
  }
}
