package dev.millrace.server.site;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Keeps a relay from asking more and more of an edge that does not answer. Every request without an
 * answer costs the edge another connection, most of it for a handshake that nobody waits for any
 * more: many relays together would keep an edge that starts from ever answering. Any thread.
 */
final class Answering {
  /** An edge is asked for its news each second. */
  private static final long LATELY = TimeUnit.MILLISECONDS.toNanos(2_500);

  /** At once, or within {@link #PAUSE_MS}, of an edge that has not answered lately. */
  private static final int MOST = 4;

  /** For so long one that was given up without an answer counts. */
  private static final long PAUSE_MS = 2_000;

  private final ScheduledExecutorService timer;
  private final LongSupplier nanoTime;
  private final AtomicInteger open = new AtomicInteger();
  private volatile long answeredAt;

  Answering(ScheduledExecutorService timer, LongSupplier nanoTime) {
    this.timer = timer;
    this.nanoTime = nanoTime;
    this.answeredAt = nanoTime.getAsLong() - LATELY;
  }

  /** Whether the edge may be asked; {@link #ended} follows then. */
  boolean mayAsk() {
    if (open.incrementAndGet() <= MOST || nanoTime.getAsLong() - answeredAt < LATELY) {
      return true;
    }
    open.decrementAndGet();
    return false;
  }

  /** The edge answered anything. */
  void answered() {
    answeredAt = nanoTime.getAsLong();
  }

  /** A request is over, with an answer or without. */
  void ended(boolean answer) {
    if (answer) {
      answered();
      open.decrementAndGet();
      return;
    }
    try {
      timer.schedule(open::decrementAndGet, PAUSE_MS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException stopping) {
      open.decrementAndGet();
    }
  }
}
