package dev.millrace.relay.iptv;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends the datagrams of all channels when they are due. {@link #run} on one thread of its own,
 * which does nothing else; the rest on any.
 */
final class Pacer implements Runnable {
  private static final long LONGEST_PARK_NANOS = 100_000_000;

  private final LongSupplier nanoTime;
  private final List<ChannelSender> senders = new CopyOnWriteArrayList<>();

  /** Volatile: written once by the pacer's thread, read by whoever wakes it. */
  private volatile @Nullable Thread thread;

  private volatile boolean idle;
  private volatile boolean closed;

  Pacer(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  void add(ChannelSender sender) {
    senders.add(sender);
    wake();
  }

  void remove(ChannelSender sender) {
    senders.remove(sender);
  }

  /** Looks again at channels that had nothing to send. */
  void wake() {
    Thread sleeper = thread;
    // Who sleeps until a datagram is due looks by itself soon enough.
    if (idle && sleeper != null) {
      LockSupport.unpark(sleeper);
    }
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    while (!closed && !Thread.currentThread().isInterrupted()) {
      long now = nanoTime.getAsLong();
      long next = now + LONGEST_PARK_NANOS;
      boolean anything = false;
      for (ChannelSender sender : senders) {
        long due = sender.step(now);
        if (due != Long.MAX_VALUE) {
          anything = true;
          next = due - next < 0 ? due : next;
        }
      }
      idle = !anything;
      long park = next - nanoTime.getAsLong();
      if (park > 0) {
        LockSupport.parkNanos(this, park);
      }
    }
  }

  /** The thread ends within 100 ms. */
  void close() {
    closed = true;
    Thread sleeper = thread;
    if (sleeper != null) {
      LockSupport.unpark(sleeper);
    }
  }
}
