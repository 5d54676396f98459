package dev.millrace.server.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * A low-latency player without a screen: it joins at the live edge by the default hold-back,
 * follows each rendition of the source with blocking reloads, fetches every part, and knows by the
 * clock when a screen would have stood still. Given several edges it turns to the next where one
 * does not answer.
 */
final class PlayerUnderTest implements AutoCloseable {
  /** All parts of all players of this JVM: a name must mean the same bytes everywhere. */
  private static final Map<String, String> BYTES = new ConcurrentHashMap<>();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();
  private final List<URI> edges;
  private final List<PlayedRendition> renditions = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile int edge;
  private volatile boolean closed;

  private PlayerUnderTest(List<URI> edges, String path, List<String> names) {
    this.edges = edges;
    for (String name : names) {
      PlayedRendition rendition = new PlayedRendition(this, path, name, BYTES);
      renditions.add(rendition);
      threads.add(Thread.ofVirtual().name("play " + path + "/" + name).start(rendition::play));
    }
  }

  /** Plays {@code live/NAME}, of which every edge has the multivariant playlist already. */
  static PlayerUnderTest start(String name, NodeUnderTest... edges) {
    return start(name, List.of("video", "audio"), edges);
  }

  /** The same with these renditions. */
  static PlayerUnderTest start(String name, List<String> renditions, NodeUnderTest... edges) {
    List<URI> addresses = new ArrayList<>();
    for (NodeUnderTest each : edges) {
      addresses.add(each.http("/hls/live/" + name + "/"));
    }
    return new PlayerUnderTest(addresses, "live/" + name, renditions);
  }

  /**
   * SHA-256 in hex of what all players of this JVM received of a stream, by PATH/RENDITION/FILE.
   */
  static Map<String, String> received(String path) {
    return BYTES.entrySet().stream()
        .filter(each -> each.getKey().startsWith(path + "/"))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  boolean isClosed() {
    return closed;
  }

  /** Of the edge that is used now. */
  HttpResponse<byte[]> get(String file, Duration atMost) throws IOException, InterruptedException {
    int asked = edge;
    try {
      return http.send(
          HttpRequest.newBuilder(edges.get(asked % edges.size()).resolve(file))
              .timeout(atMost)
              .build(),
          HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      turnAwayFrom(asked);
      throw e;
    }
  }

  private synchronized void turnAwayFrom(int failed) {
    if (edge == failed && edges.size() > 1) {
      edge = failed + 1;
    }
  }

  /** One of its renditions. */
  PlayedRendition rendition(String name) {
    return renditions.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  /** How long the screen stood still since it began to play, milliseconds; the worst rendition. */
  long stalledMillis() {
    return renditions.stream().mapToLong(PlayedRendition::stalledMillis).max().orElse(0);
  }

  /** Since how long the rendition that is worst off has received no part, milliseconds. */
  long oldestPartMillis() {
    return renditions.stream().mapToLong(PlayedRendition::sinceLastPartMillis).max().orElse(0);
  }

  /** The least number of parts of a rendition so far. */
  int parts() {
    return renditions.stream().mapToInt(PlayedRendition::parts).min().orElse(0);
  }

  /** Discontinuities passed; the most of a rendition. */
  long discontinuities() {
    return renditions.stream().mapToLong(PlayedRendition::discontinuities).max().orElse(0);
  }

  /** Segments passed that were announced as gaps; the most of a rendition. */
  long gaps() {
    return renditions.stream().mapToLong(PlayedRendition::gaps).max().orElse(0);
  }

  /** What must never be: numbers that go back, holes, one name for different bytes. */
  List<String> faults() {
    return renditions.stream().flatMap(each -> each.faults().stream()).toList();
  }

  /** Requests that failed and were made again. */
  List<String> retries() {
    return renditions.stream().flatMap(each -> each.retries().stream()).toList();
  }

  /** For messages and measurements. */
  String report() {
    StringBuilder text = new StringBuilder();
    renditions.forEach(each -> text.append(each.report()).append("; "));
    return text.toString();
  }

  @Override
  public void close() {
    closed = true;
    for (Thread thread : threads) {
      try {
        thread.interrupt();
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    http.shutdownNow();
  }
}
