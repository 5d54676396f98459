package dev.millrace.server.internal;

import io.vertx.core.Context;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.function.LongConsumer;

/**
 * Tells what an answer sends: its whole length as soon as that is known, so that requests which
 * come meanwhile are judged by it; of one that goes on for long what it has sent, each second. One
 * event loop.
 */
final class Charge {
  private static final long STEP_MS = 1000;

  private final HttpServerResponse response;
  private final LongConsumer sent;
  private long told;

  private Charge(HttpServerResponse response, LongConsumer sent) {
    this.response = response;
    this.sent = sent;
  }

  /**
   * Takes the response's handlers of its head and its end.
   *
   * @param context of the response's event loop
   * @param goesOn whether it is sent for as long as the client reads
   * @param sent takes further bytes; in the end all together are what was sent
   * @param ended called once, then
   */
  static void begin(
      Context context,
      HttpServerResponse response,
      boolean goesOn,
      LongConsumer sent,
      Runnable ended) {
    Charge charge = new Charge(response, sent);
    long timer = goesOn ? context.owner().setPeriodic(STEP_MS, each -> charge.tellSent()) : -1;
    response.headersEndHandler(head -> charge.tellAhead());
    response.endHandler(
        over -> {
          context.owner().cancelTimer(timer);
          charge.tellSent();
          ended.run();
        });
  }

  private void tellAhead() {
    String length = response.headers().get(HttpHeaders.CONTENT_LENGTH);
    if (length != null) {
      tell(Long.parseLong(length));
    }
  }

  private void tellSent() {
    tell(response.bytesWritten());
  }

  private void tell(long all) {
    if (all != told) {
      sent.accept(all - told);
      told = all;
    }
  }
}
