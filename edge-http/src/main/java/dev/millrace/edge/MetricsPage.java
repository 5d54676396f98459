package dev.millrace.edge;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers {@code /metrics} in Prometheus's text format. One event loop. */
final class MetricsPage {
  private static final Logger log = LoggerFactory.getLogger(MetricsPage.class);

  private static final CharSequence TEXT =
      HttpHeaders.createOptimized("text/plain; version=0.0.4; charset=utf-8");
  private static final Failure REFUSED =
      new Failure(
          403,
          "metrics are told to this machine and private networks only; see http.metrics",
          CacheRule.NO_STORE,
          false);

  private final EdgeNode node;
  private final Vertx vertx;
  private final Answers answers;

  MetricsPage(EdgeNode node, Vertx vertx, Answers answers) {
    this.node = node;
    this.vertx = vertx;
    this.answers = answers;
  }

  void serve(HttpServerRequest request) {
    MetricsAccess access = node.config().metrics();
    if (access == MetricsAccess.OFF) {
      answers.failure(request, Failure.notFound("metrics are switched off; see http.metrics"));
    } else if (!access.admits(request)) {
      answers.failure(request, REFUSED);
    } else {
      vertx
          .executeBlocking(node.sources().metrics()::get, false)
          .onSuccess(text -> send(request, new RenderedText(text)))
          .onFailure(
              failure -> {
                log.error("cannot tell metrics", failure);
                answers.failure(request, Failure.broken());
              });
    }
  }

  private void send(HttpServerRequest request, RenderedText text) {
    boolean gzip = Answers.acceptsGzip(request);
    Buffer body = text.body(gzip);
    MultiMap headers =
        answers
            .textHeaders(TEXT, body.length(), CacheRule.NO_STORE, gzip)
            .copy(true)
            // A page of another origin must not read them through the browser of an insider.
            .remove(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
    answers.send(request, 200, headers, body);
  }
}
