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

  /** Of the edge that is used now. */
  HttpResponse<byte[]> get(String file, Duration atMost) throws IOException, InterruptedException {
    URI asked = current();
    try {
      return http.send(
          HttpRequest.newBuilder(asked.resolve(file)).timeout(atMost).build(),
          HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      turnAwayFrom(asked);
      throw e;
    }
  }

  private synchronized URI current() {
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
