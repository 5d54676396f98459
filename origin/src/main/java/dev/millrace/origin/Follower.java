package dev.millrace.origin;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogRecord;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One follower of a stream's logs. Records are queued under the stream's lock, which gives them
 * their order, and delivered outside of it, so that a follower may call the store from within.
 *
 * <p>{@code claims} counts the threads that have asked for delivery since it was last idle. Who
 * raises it from 0 delivers until it is 0 again; the others leave, since their records are already
 * in the queue and the one who delivers looks again for each of them. So records are delivered one
 * at a time, in order, and no thread ever waits for another's follower.
 */
final class Follower {
  private static final Logger log = LoggerFactory.getLogger(Follower.class);

  /** More than any window has; a follower so far behind is stuck. */
  private static final int MAX_QUEUED = 20_000;

  private final StreamPath path;
  private final Consumer<LogRecord> consumer;
  private final Queue<LogRecord> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();

  /** Begins at 1: the thread that creates it delivers the window before anyone else delivers. */
  private final AtomicInteger claims = new AtomicInteger(1);

  /** Volatile: set by whoever closes, read by whoever delivers. */
  private volatile boolean closed;

  Follower(StreamPath path, Consumer<LogRecord> consumer) {
    this.path = path;
    this.consumer = consumer;
  }

  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  /** Called under the stream's lock. */
  void offer(LogRecord record) {
    if (closed) {
      return;
    }
    if (queued.incrementAndGet() > MAX_QUEUED) {
      log.atError()
          .addKeyValue("stream", path)
          .log("a follower is {} records behind and is given up", MAX_QUEUED);
      closed = true;
      queue.clear();
      return;
    }
    queue.add(record);
  }

  /** Delivers what is queued, unless another thread is at it; called without the lock. */
  void deliver() {
    if (claims.getAndIncrement() == 0) {
      deliverClaimed(1);
    }
  }

  /** The first delivery, by the thread that created this. */
  void deliverWindow() {
    deliverClaimed(1);
  }

  private void deliverClaimed(int seen) {
    int claimed = seen;
    do {
      for (LogRecord record = queue.poll(); record != null; record = queue.poll()) {
        queued.decrementAndGet();
        accept(record);
      }
      claimed = claims.addAndGet(-claimed);
    } while (claimed != 0);
  }

  private void accept(LogRecord record) {
    if (closed) {
      return;
    }
    try {
      consumer.accept(record);
    } catch (RuntimeException e) {
      log.atError()
          .addKeyValue("stream", path)
          .setCause(e)
          .log("a follower failed and is given up");
      closed = true;
    }
  }
}
