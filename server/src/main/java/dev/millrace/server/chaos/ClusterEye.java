package dev.millrace.server.chaos;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What edges tell of their cluster. Waits for answers; any thread. */
final class ClusterEye implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration ORDER = Duration.ofSeconds(20);
  private static final Pattern STAYING = Pattern.compile("\"draining\"\\s*:\\s*false");
  private static final Pattern COMPLETE_COPY =
      Pattern.compile("\"node\"\\s*:\\s*\"(\\w+)\"[^{}]*\"state\"\\s*:\\s*\"(?:live|away|ended)\"");

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();
  private final String adminToken;

  /**
   * @param adminToken of the cluster
   */
  ClusterEye(String adminToken) {
    this.adminToken = adminToken;
  }

  /** Whether an edge can play a stream {@code live/NAME}. */
  boolean plays(ChaosNode edge, String name) throws InterruptedException {
    return !get(edge.http("/hls/live/" + name + "/index.m3u8")).isEmpty();
  }

  /** How many nodes an edge sees that are here to stay. */
  long nodes(ChaosNode edge) throws InterruptedException {
    return STAYING.matcher(get(edge.http("/api/v1/cluster"))).results().count();
  }

  /** Whether an edge knows so many nodes with a whole copy of each stream. */
  boolean redundant(ChaosNode edge, Collection<String> names, int copies)
      throws InterruptedException {
    for (String name : names) {
      String stream = get(edge.http("/api/v1/streams/live/" + name));
      List<String> holders =
          COMPLETE_COPY
              .matcher(stream.substring(Math.max(0, stream.indexOf("\"copies\""))))
              .results()
              .map((MatchResult each) -> each.group(1))
              .distinct()
              .toList();
      if (holders.size() < copies) {
        return false;
      }
    }
    return true;
  }

  /** Orders a node to hand over and to stop; whether the edge passed it on. */
  boolean drain(ChaosNode edge, ChaosNode target) throws InterruptedException {
    HttpRequest order =
        HttpRequest.newBuilder(edge.http("/api/v1/cluster/nodes/" + target.name() + "/drain"))
            .timeout(ORDER)
            .header("Authorization", "Bearer " + adminToken)
            .POST(BodyPublishers.noBody())
            .build();
    try {
      return http.send(order, BodyHandlers.discarding()).statusCode() / 100 == 2;
    } catch (IOException e) {
      return false;
    }
  }

  /** The body of a good answer; empty for any other. */
  private String get(URI address) throws InterruptedException {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(address).timeout(PATIENCE).build(), BodyHandlers.ofString());
      return answer.statusCode() == 200 ? answer.body() : "";
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
