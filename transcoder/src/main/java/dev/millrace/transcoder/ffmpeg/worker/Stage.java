package dev.millrace.transcoder.ffmpeg.worker;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * A thread with a bounded queue before it. Who puts waits while it is full. After a failure
 * anywhere in the pipeline the thread ends and what is put or waits is discarded.
 *
 * @param <T> what it works on
 */
final class Stage<T> {
  private static final long LOOK_MS = 100;

  /** What a stage does; all on its own thread. */
  interface Work<T> extends AutoCloseable {
    /** Takes one item and disposes of it. */
    void accept(T item);

    /** Disposes of an item that is not worked on any more. */
    void discard(T item);

    /** Everything was accepted: finishes what was begun. Not called after a failure. */
    void finish();

    /** Releases what it owns; the last call. */
    @Override
    void close();
  }

  /** An empty one is the end. */
  private final BlockingQueue<Optional<T>> queue;

  private final Work<T> work;
  private final Failure failure;
  private final Thread thread;
  private final AtomicBoolean ending = new AtomicBoolean();
  private final LongSupplier nanoTime;

  /** Since when one item is worked on; written by the stage's thread. */
  private volatile Optional<Long> busySince = Optional.empty();

  Stage(String name, int capacity, Failure failure, LongSupplier nanoTime, Work<T> work) {
    this.nanoTime = nanoTime;
    this.queue = new ArrayBlockingQueue<>(capacity);
    this.failure = failure;
    this.work = work;
    this.thread = Thread.ofPlatform().name(name).daemon().start(this::run);
  }

  /** Gives an item; waits while the queue is full. */
  void put(T item) {
    if (!enqueue(Optional.of(item))) {
      work.discard(item);
    }
  }

  private boolean enqueue(Optional<T> item) {
    try {
      while (!failure.happened()) {
        if (queue.offer(item, LOOK_MS, TimeUnit.MILLISECONDS)) {
          return true;
        }
      }
    } catch (InterruptedException e) {
      failure.set(e);
      Thread.currentThread().interrupt();
    }
    return false;
  }

  /** Gives an item if there is room. */
  boolean offer(T item) {
    return !failure.happened() && queue.offer(Optional.of(item));
  }

  /** Items that wait. */
  int waiting() {
    return queue.size();
  }

  /** How long the item at hand has been worked on; 0 while there is none. Any thread. */
  long busyNanos() {
    return busySince.map(since -> nanoTime.getAsLong() - since).orElse(0L);
  }

  /** Its name. */
  String name() {
    return thread.getName();
  }

  /** Ends the stage after what is in its queue and waits for it. */
  void end() {
    if (ending.compareAndSet(false, true)) {
      enqueue(Optional.empty());
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
        failure.set(e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try (work) {
      for (Optional<T> item = next(); item.isPresent(); item = next()) {
        busySince = Optional.of(nanoTime.getAsLong());
        work.accept(item.get());
        busySince = Optional.empty();
      }
      if (!failure.happened()) {
        work.finish();
      }
    } catch (RuntimeException | Error | InterruptedException e) {
      failure.set(e);
    } finally {
      for (Optional<T> item = queue.poll(); item != null; item = queue.poll()) {
        item.ifPresent(work::discard);
      }
    }
  }

  private Optional<T> next() throws InterruptedException {
    while (!failure.happened()) {
      Optional<T> item = queue.poll(LOOK_MS, TimeUnit.MILLISECONDS);
      if (item != null) {
        return item;
      }
    }
    return Optional.empty();
  }
}
