package dev.millrace.media.log;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Hands events to one consumer in the order in which they were offered. They are offered under a
 * lock of the caller's, which gives them their order, and delivered outside of it, so that the
 * consumer may call back from within.
 *
 * <p>{@code claims} counts the threads that have asked for delivery since it was last idle. Who
 * raises it from 0 delivers until it is 0 again; the others leave, since their events are already
 * in the queue and the one who delivers looks again for each of them. So events are delivered one
 * at a time, in order, and no thread ever waits for another's consumer.
 */
public final class Delivery<T> {
  private final Consumer<T> consumer;
  private final int maxQueued;
  private final Consumer<Throwable> givenUp;
  private final Queue<T> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();

  /** Begins at 1: the thread that creates it delivers what is there before anyone else delivers. */
  private final AtomicInteger claims = new AtomicInteger(1);

  /** Volatile: set by whoever closes, read by whoever delivers. */
  private volatile boolean closed;

  /**
   * @param maxQueued a consumer that is further behind is stuck and is given up
   * @param givenUp hears once why the consumer gets nothing more, unless {@link #close} was called;
   *     perhaps under the caller's lock
   */
  public Delivery(Consumer<T> consumer, int maxQueued, Consumer<Throwable> givenUp) {
    this.consumer = consumer;
    this.maxQueued = maxQueued;
    this.givenUp = givenUp;
  }

  /** Nothing more is delivered, but what is being delivered now. */
  public void close() {
    closed = true;
  }

  /** Whether it was closed or given up. */
  public boolean isClosed() {
    return closed;
  }

  /** How many events wait. */
  public int queued() {
    return queued.get();
  }

  /** Takes one more event; under the caller's lock. */
  public void offer(T event) {
    if (closed) {
      return;
    }
    if (queued.incrementAndGet() > maxQueued) {
      giveUp(new IllegalStateException(maxQueued + " events behind"));
      queue.clear();
      return;
    }
    queue.add(event);
  }

  /** Delivers what is queued, unless another thread is at it; without the lock. */
  public void deliver() {
    if (claims.getAndIncrement() == 0) {
      deliverClaimed();
    }
  }

  /** The first delivery, once, by the thread that created this; without the lock. */
  public void deliverFirst() {
    deliverClaimed();
  }

  private void deliverClaimed() {
    int claimed = 1;
    do {
      for (T event = queue.poll(); event != null; event = queue.poll()) {
        queued.decrementAndGet();
        accept(event);
      }
      claimed = claims.addAndGet(-claimed);
    } while (claimed != 0);
  }

  private void accept(T event) {
    if (closed) {
      return;
    }
    try {
      consumer.accept(event);
    } catch (RuntimeException e) {
      giveUp(e);
    }
  }

  private void giveUp(RuntimeException why) {
    closed = true;
    givenUp.accept(why);
  }
}
