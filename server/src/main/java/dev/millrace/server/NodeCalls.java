package dev.millrace.server;

import dev.millrace.cluster.NodeInfo;
import dev.millrace.media.StreamPath;
import dev.millrace.server.cluster.LogEnds;
import dev.millrace.server.internal.NodeRoute;
import dev.millrace.server.internal.TakeoverRoute;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** Asks other nodes what they are and what they shall do, by their internal HTTP. Any thread. */
final class NodeCalls {
  private static final Duration ANSWER = Duration.ofSeconds(1);
  private static final Duration ORDER = Duration.ofSeconds(10);
  private static final Duration PREPARE = Duration.ofSeconds(10);

  /** A node that is dead refuses the connection; one that is busy is worth the wait. */
  private static final Duration LAST_PART = Duration.ofSeconds(2);

  private static final String POST = "POST";

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

  /**
   * Orders a node to drain; completes when it has heard.
   *
   * @param deadline how long it may take; empty for what the node is configured to
   */
  CompletionStage<Void> drain(String id, Optional<Duration> deadline) {
    String query = deadline.map(each -> "?deadline=" + each.toMillis()).orElse("");
    return call(id, NodeRoute.DRAIN + query, POST, ORDER).thenApply(text -> null);
  }

  /** Asks a node for copies of what will be published there soon; completes when they are there. */
  CompletionStage<Void> prepare(String id, List<StreamPath> paths) {
    String body = paths.stream().map(StreamPath::toString).collect(Collectors.joining("\n"));
    return call(id, TakeoverRoute.PREPARE, POST, body, PREPARE).thenApply(text -> null);
  }

  /** Asks a node to stop writing a stream that has a session of this epoch here now. */
  CompletionStage<LogEnds> stop(String id, StreamPath path, long epoch) {
    return call(id, TakeoverRoute.STOP, POST, path + " " + epoch, LAST_PART)
        .thenApply(LogEnds::parse);
  }

  private CompletionStage<String> call(String id, String path, String method, Duration atMost) {
    return call(id, path, method, "", atMost);
  }

  private CompletionStage<String> call(
      String id, String path, String method, String body, Duration atMost) {
    Optional<NodeInfo> node = cluster.view().node(id);
    if (node.isEmpty()) {
      return CompletableFuture.failedFuture(new NoSuchElementException("there is no node " + id));
    }
    HttpRequest request =
        HttpRequest.newBuilder(node.get().addresses().internal().resolve(path))
            .timeout(atMost)
            .header("Authorization", "Bearer " + cluster.keys().bearerToken())
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
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
