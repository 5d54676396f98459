package dev.millrace.server.internal;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/** Says no, and why, and closes the connection: what a client sends behind is not looked at. */
final class Refusal {
  private Refusal() {}

  /**
   * Answers; on the request's event loop.
   *
   * @param text a sentence for people
   */
  static void send(HttpServerRequest request, int status, String text) {
    request
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
        .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
        .end(text)
        .onComplete(sent -> request.connection().close());
  }
}
