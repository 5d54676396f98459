package dev.millrace.edge;

import java.util.concurrent.atomic.AtomicInteger;

/** How many requests wait on this node, all event loops together, and how many may. Any thread. */
final class HeldRequests {
  private final AtomicInteger held = new AtomicInteger();
  private final int limit;

  HeldRequests(int limit) {
    this.limit = limit;
  }

  /** Takes a place, if there is one left. */
  boolean tryEnter() {
    if (held.incrementAndGet() <= limit) {
      return true;
    }
    held.decrementAndGet();
    return false;
  }

  /** Gives places back. */
  void leave(int places) {
    held.addAndGet(-places);
  }

  int count() {
    return held.get();
  }
}
