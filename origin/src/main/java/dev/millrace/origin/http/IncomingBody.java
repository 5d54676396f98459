package dev.millrace.origin.http;

import dev.millrace.media.Bytes;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Collects one request's body of a length that is known beforehand. Memory is counted in the common
 * budget from the start and taken as bytes arrive, so that a client that promises much and sends
 * nothing costs nothing but its promise. One event loop.
 */
final class IncomingBody {
  private final HttpServerRequest request;
  private final AtomicLong budget;
  private final int length;
  private final Consumer<Bytes> whole;
  private final Consumer<Answer> failed;
  private byte[] bytes = new byte[0];
  private int filled;
  private long timer;
  private boolean over;

  /**
   * @param budget what is left of all bodies' bytes; {@link #release} gives this one's back
   * @param whole gets the body, once
   * @param failed gets the answer instead, once; the connection is of no use then
   */
  IncomingBody(
      HttpServerRequest request,
      AtomicLong budget,
      int length,
      Consumer<Bytes> whole,
      Consumer<Answer> failed) {
    this.request = request;
    this.budget = budget;
    this.length = length;
    this.whole = whole;
    this.failed = failed;
  }

  /** Begins to read; false if all bodies together would be too much now. */
  boolean start(Vertx vertx, long timeoutMs) {
    if (budget.addAndGet(-length) < 0) {
      release();
      return false;
    }
    timer =
        vertx.setTimer(
            timeoutMs, ignored -> fail(vertx, Answer.failure(408, "the body came too slowly")));
    request.handler(buffer -> take(vertx, buffer));
    request.exceptionHandler(gone -> fail(vertx, Answer.failure(400, "the body was cut off")));
    request.endHandler(ignored -> end(vertx));
    return true;
  }

  /** Gives its share of the budget back; to be called once, after the answer. */
  void release() {
    budget.addAndGet(length);
  }

  private void take(Vertx vertx, Buffer buffer) {
    if (over) {
      return;
    }
    int more = buffer.length();
    if (more > length - filled) {
      fail(vertx, Answer.failure(400, "the body is longer than its entry tells"));
      return;
    }
    if (filled + more > bytes.length) {
      grow(filled + more);
    }
    buffer.getBytes(bytes, filled);
    filled += more;
  }

  private void grow(int least) {
    int size = Math.min(length, Math.max(least, Math.max(16 * 1024, 2 * bytes.length)));
    byte[] larger = new byte[size];
    System.arraycopy(bytes, 0, larger, 0, filled);
    bytes = larger;
  }

  private void end(Vertx vertx) {
    if (over) {
      return;
    }
    if (filled < length) {
      fail(vertx, Answer.failure(400, "the body is shorter than its entry tells"));
      return;
    }
    over = true;
    vertx.cancelTimer(timer);
    whole.accept(Bytes.wrap(bytes, 0, filled));
  }

  private void fail(Vertx vertx, Answer answer) {
    if (!over) {
      over = true;
      bytes = new byte[0];
      vertx.cancelTimer(timer);
      failed.accept(answer);
    }
  }
}
