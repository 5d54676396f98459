package dev.millrace.origin;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.Delivery;
import dev.millrace.media.log.LogRecord;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One follower of a stream's logs: a {@link Delivery} that is told about in the log. */
final class Follower {
  private static final Logger log = LoggerFactory.getLogger(Follower.class);

  /** More than any window has; a follower so far behind is stuck. */
  private static final int MAX_QUEUED = 20_000;

  /** A follower that is behind gets no pictures: they are what is heavy, and never needed. */
  private static final int MAX_QUEUED_WITH_PICTURES = 2_000;

  private final Delivery<LogRecord> delivery;

  Follower(StreamPath path, Consumer<LogRecord> consumer) {
    this.delivery =
        new Delivery<>(
            consumer,
            MAX_QUEUED,
            why ->
                log.atError()
                    .addKeyValue("stream", path)
                    .setCause(why)
                    .log("a follower failed and is given up"));
  }

  void close() {
    delivery.close();
  }

  boolean isClosed() {
    return delivery.isClosed();
  }

  /** Called under the stream's lock. */
  void offer(LogRecord record) {
    if (record instanceof LogRecord.Pictured && delivery.queued() > MAX_QUEUED_WITH_PICTURES) {
      return;
    }
    delivery.offer(record);
  }

  /** Delivers what is queued, unless another thread is at it; called without the lock. */
  void deliver() {
    delivery.deliver();
  }

  /** The first delivery, by the thread that created this. */
  void deliverWindow() {
    delivery.deliverFirst();
  }
}
