package dev.millrace.edge;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;

/**
 * Answers probes: {@code /livez} whether the process serves at all, {@code /readyz} and {@code
 * /healthz} whether it wants work. They tell nothing that a stranger should not know. One event
 * loop.
 */
final class HealthPage {
  private final EdgeNode node;
  private final Answers answers;

  HealthPage(EdgeNode node, Answers answers) {
    this.node = node;
    this.answers = answers;
  }

  /** 200 as long as anything is answered: a node that starts or drains must not be restarted. */
  void live(HttpServerRequest request) {
    send(request, 200, new JsonObject().put("status", "ok"));
  }

  /** 503 until it is ready and while it drains, so that load balancers send nobody here. */
  void ready(HttpServerRequest request) {
    switch (node.phase().get()) {
      case STARTING -> send(request, 503, new JsonObject().put("status", "starting"));
      case READY -> send(request, 200, new JsonObject().put("status", "ok"));
      case DRAINING -> {
        int viewers = node.streams().viewers().values().stream().mapToInt(Integer::intValue).sum();
        send(request, 503, new JsonObject().put("status", "draining").put("viewers", viewers));
      }
    }
  }

  private void send(HttpServerRequest request, int status, JsonObject json) {
    Buffer body = json.toBuffer();
    answers.send(
        request, status, answers.headers(Answers.JSON, body.length(), CacheRule.NO_STORE), body);
  }
}
