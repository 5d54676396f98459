package dev.millrace.server.chaos;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** Fetches a player's files from one of several edges; from the next when one fails. Any thread. */
final class EdgeClient implements AutoCloseable {
  /** Longer than a playlist stands still while a publisher is away. */
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();
  private final List<URI> edges;
  private int edge;
  private volatile boolean closed;

  /**
   * @param edges addresses of the stream's folder, each with a slash at its end
   */
  EdgeClient(List<URI> edges) {
    this.edges = List.copyOf(edges);
  }

  /**
   * Of the edge that is used now.
   *
   * @param atMost how long an answer is waited for; less where another edge can be asked
   */
  HttpResponse<byte[]> get(String file, Duration atMost) throws IOException, InterruptedException {
    URI asked = current();
    try {
      return get(asked.resolve(file), edges.size() > 1 ? PATIENCE : atMost);
    } catch (IOException e) {
      turnAwayFrom(asked);
      throw e;
    }
  }

  /** The answer of any address. */
  HttpResponse<byte[]> get(URI address, Duration atMost) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(address).timeout(atMost).build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  /** All that it may ask. */
  List<URI> edges() {
    return edges;
  }

  /** From now on it asks this one of them, until that fails. */
  synchronized void turnTo(URI other) {
    edge = Math.max(0, edges.indexOf(other));
  }

  /** The edge that is used now. */
  synchronized URI current() {
    return edges.get(edge);
  }

  private synchronized void turnAwayFrom(URI failed) {
    if (current().equals(failed)) {
      edge = (edge + 1) % edges.size();
    }
  }

  boolean isClosed() {
    return closed;
  }

  /** From now on everything fails; to be called before those who wait are interrupted. */
  void stop() {
    closed = true;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
