package dev.millrace.edge;

import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers to operators: JSON, never kept, and never for a page of another origin, so without CORS
 * headers. One event loop.
 */
final class OperatorAnswers {
  private static final Logger log = LoggerFactory.getLogger(OperatorAnswers.class);

  private final Context context;
  private final Answers answers;

  OperatorAnswers(Context context, Answers answers) {
    this.context = context;
    this.answers = answers;
  }

  /** Reads a body of at most so many bytes; a longer one is answered 413. */
  void withBody(HttpServerRequest request, int maxBytes, Consumer<Buffer> then) {
    Buffer body = Buffer.buffer();
    request.handler(
        chunk -> {
          if (body.length() + chunk.length() > maxBytes) {
            request.handler(rest -> {}).endHandler(end -> {});
            refuse(request, 413, "the body is longer than " + maxBytes + " bytes");
          } else {
            body.appendBuffer(chunk);
          }
        });
    request.endHandler(end -> then.accept(body));
  }

  /** Answers what an action comes to: 200 and its result, or the status of its failure. */
  <T> void answer(
      HttpServerRequest request,
      Supplier<CompletionStage<T>> action,
      Function<T, JsonObject> result) {
    CompletionStage<T> stage;
    try {
      stage = action.get();
    } catch (RuntimeException e) {
      stage = CompletableFuture.failedFuture(e);
    }
    stage.whenComplete(
        (value, failure) ->
            context.runOnContext(
                ignored -> {
                  if (failure == null) {
                    send(request, 200, result.apply(value));
                  } else {
                    fail(request, failure);
                  }
                }));
  }

  private void fail(HttpServerRequest request, Throwable thrown) {
    Throwable failure =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    int status =
        switch (failure) {
          case IllegalArgumentException ignored -> 400;
          case NoSuchElementException ignored -> 404;
          case IllegalStateException ignored -> 409;
          case TimeoutException ignored -> 504;
          default -> 500;
        };
    if (status == 500) {
      log.error("{} {} failed", request.method(), request.path(), failure);
    }
    refuse(
        request, status, status == 500 ? "the server failed; its log says why" : message(failure));
  }

  private static String message(Throwable failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  /** Answers with an error. */
  void refuse(HttpServerRequest request, int status, String reason) {
    answers.count(status);
    send(request, status, new JsonObject().put("error", reason));
  }

  /** Answers. */
  void send(HttpServerRequest request, int status, JsonObject json) {
    Buffer body = json.toBuffer();
    MultiMap headers =
        answers
            .headers(Answers.JSON, body.length(), CacheRule.NO_STORE)
            .remove(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
    if (status == 401) {
      headers.set("WWW-Authenticate", "Bearer realm=\"millrace\"");
    }
    answers.send(request, status, headers, body);
  }
}
