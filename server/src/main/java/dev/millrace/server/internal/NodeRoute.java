package dev.millrace.server.internal;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.SignerKey;
import dev.millrace.media.log.http.LogAddress;
import io.vertx.core.Context;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What nodes ask each other of themselves: {@code GET node/report} what is published and watched
 * here, {@code GET node/key} with what this node signs logs, {@code POST
 * node/drain[?deadline=MILLISECONDS]} that it shall hand over what it has and stop.
 */
public final class NodeRoute implements InternalRoute {
  /** Of the report. */
  public static final String REPORT = LogAddress.ROOT + "node/report";

  /** Of the public key. */
  public static final String KEY = LogAddress.ROOT + "node/key";

  /** Of the order to drain. */
  public static final String DRAIN = LogAddress.ROOT + "node/drain";

  private final Supplier<String> report;
  private final String key;
  private final Consumer<Optional<Duration>> drain;

  /**
   * @param report asked on worker threads
   * @param publicKey with which blocks of this node's logs are verified
   * @param drain begins to drain, in this time if one is given, and returns
   */
  public NodeRoute(Supplier<String> report, Bytes publicKey, Consumer<Optional<Duration>> drain) {
    this.report = report;
    this.key = SignerKey.idOf(publicKey).hex() + " " + publicKey.hex() + "\n";
    this.drain = drain;
  }

  @Override
  public boolean answer(Context context, HttpServerRequest request, String path) {
    switch (path) {
      case REPORT ->
          answer(
              context,
              request,
              HttpMethod.GET.equals(request.method()),
              "application/json",
              report::get);
      case KEY ->
          answer(
              context,
              request,
              HttpMethod.GET.equals(request.method()),
              "text/plain; charset=utf-8",
              () -> key);
      case DRAIN ->
          answer(
              context,
              request,
              HttpMethod.POST.equals(request.method()),
              "text/plain; charset=utf-8",
              () -> {
                drain.accept(
                    Optional.ofNullable(request.getParam("deadline"))
                        .map(Long::parseLong)
                        .map(Duration::ofMillis));
                return "draining\n";
              });
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void answer(
      Context context,
      HttpServerRequest request,
      boolean rightMethod,
      String type,
      Callable<String> text) {
    if (!rightMethod) {
      Refusal.send(request, 405, "this address has another method");
      return;
    }
    context
        .executeBlocking(text, false)
        .onComplete(
            answer -> {
              if (answer.succeeded()) {
                request.response().putHeader(HttpHeaders.CONTENT_TYPE, type).end(answer.result());
              } else {
                Refusal.send(request, 500, "the server failed");
              }
            });
  }
}
