package dev.millrace.server;

import dev.millrace.cluster.NodeInfo;
import dev.millrace.server.internal.NodeRoute;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks other nodes what they are and what they shall do, by their internal HTTP. Any thread. */
final class NodeCalls {
  private static final Duration ANSWER = Duration.ofSeconds(1);
  private static final Duration ORDER = Duration.ofSeconds(10);

  private final ClusterRoom cluster;

  NodeCalls(ClusterRoom cluster) {
    this.cluster = cluster;
  }

  /** A node by its id or its name. */
  Optional<NodeInfo> find(String idOrName) {
    return cluster.view().nodes().stream()
        .filter(node -> node.id().equals(idOrName) || node.name().equals(idOrName))
        .findFirst();
  }

  /** What a node tells of its streams and viewers, JSON; fails if it does not answer. */
  CompletionStage<String> report(String id) {
    return call(id, NodeRoute.REPORT, "GET", ANSWER);
  }

  /** Orders a node to drain; completes when it has heard. */
  CompletionStage<Void> drain(String id) {
    return call(id, NodeRoute.DRAIN, "POST", ORDER).thenApply(text -> null);
  }

  private CompletionStage<String> call(String id, String path, String method, Duration atMost) {
    Optional<NodeInfo> node = cluster.view().node(id);
    if (node.isEmpty()) {
      return CompletableFuture.failedFuture(new NoSuchElementException("there is no node " + id));
    }
    HttpRequest request =
        HttpRequest.newBuilder(node.get().addresses().internal().resolve(path))
            .timeout(atMost)
            .header("Authorization", "Bearer " + cluster.keys().bearerToken())
            .method(method, BodyPublishers.noBody())
            .build();
    return cluster
        .http()
        .sendAsync(request, BodyHandlers.ofString())
        .thenCompose(
            answer ->
                answer.statusCode() == 200
                    ? CompletableFuture.completedStage(answer.body())
                    : CompletableFuture.failedStage(
                        new IOException(node.get().name() + " answered " + answer.statusCode())));
  }
}
