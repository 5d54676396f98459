package dev.millrace.edge;

import dev.millrace.media.StreamPath;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Answers what anybody may ask about streams, and operators' networks about nodes. One event loop.
 */
final class ApiPages {
  /** How long an answer waits for nodes that have not told anything yet. */
  private static final long PATIENCE_MS = 250;

  private static final Failure NOT_TOLD =
      new Failure(
          403,
          "nodes are told to this machine and private networks, see http.metrics, and to whoever"
              + " has the operator's token",
          CacheRule.NO_STORE,
          false);

  private final EdgeNode node;
  private final Context context;
  private final AdminApi admin;
  private final Answers answers;

  ApiPages(EdgeNode node, Context context, AdminApi admin, Answers answers) {
    this.node = node;
    this.context = context;
    this.admin = admin;
    this.answers = answers;
  }

  void streams(HttpServerRequest request) {
    refreshed(request, () -> Optional.of(node.api().list(relays(Optional.empty(), request))));
  }

  void stream(HttpServerRequest request, StreamPath path) {
    refreshed(request, () -> node.api().stream(path, relays(Optional.of(path), request)));
  }

  private List<ClusterNode> relays(Optional<StreamPath> path, HttpServerRequest request) {
    return node.sources().site().relaysOf(path, ClientAddress.of(request));
  }

  /** No CORS: another site must not read addresses of nodes through the browser of an insider. */
  void cluster(HttpServerRequest request) {
    if (!node.config().metrics().admits(request) && !admin.isAdmin(request)) {
      answers.failure(request, NOT_TOLD);
      return;
    }
    Buffer body = node.cluster().cluster().toBuffer();
    MultiMap headers =
        answers
            .headers(Answers.JSON, body.length(), CacheRule.NO_STORE)
            .remove(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
    answers.send(request, 200, headers, body);
  }

  private void refreshed(HttpServerRequest request, Supplier<Optional<JsonObject>> answer) {
    CompletableFuture<Void> told = node.api().refresh();
    if (told.isDone()) {
      send(request, answer.get());
      return;
    }
    told.completeOnTimeout(null, PATIENCE_MS, TimeUnit.MILLISECONDS)
        .whenComplete(
            (done, failure) -> context.runOnContext(ignored -> send(request, answer.get())));
  }

  private void send(HttpServerRequest request, Optional<JsonObject> found) {
    send(
        request,
        found.isPresent() ? 200 : 404,
        found.orElseGet(() -> new JsonObject().put("error", "no such stream is live here")));
  }

  private void send(HttpServerRequest request, int status, JsonObject json) {
    Buffer body = json.toBuffer();
    answers.send(
        request, status, answers.headers(Answers.JSON, body.length(), CacheRule.NO_STORE), body);
  }
}
