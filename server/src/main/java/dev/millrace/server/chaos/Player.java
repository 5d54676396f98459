package dev.millrace.server.chaos;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A low-latency player without a screen: it joins at the live edge by the default hold-back,
 * follows each rendition of the source with blocking reloads, fetches every part, and knows by the
 * clock when a screen would have stood still. Given several edges it goes to where it is steered,
 * and turns to the next where one does not answer.
 */
public class Player implements AutoCloseable {
  /** How often it asks which edge to use, where it has several. */
  static final Duration STEERING = Duration.ofSeconds(1);

  private final EdgeClient client;
  private final List<PlayedRendition> renditions = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /**
   * Begins to play; every edge has the multivariant playlist already.
   *
   * @param edges addresses of the stream's folder, each with a slash at its end
   * @param path of the stream
   * @param names of renditions to play at once
   * @param received SHA-256 in hex by PATH/RENDITION/FILE, into which it enters what it receives;
   *     of several players, so that a name that means different bytes is found
   */
  public Player(List<URI> edges, String path, List<String> names, Map<String, String> received) {
    client = new EdgeClient(edges);
    for (String name : names) {
      PlayedRendition rendition = new PlayedRendition(client, path, name, received);
      renditions.add(rendition);
      threads.add(Thread.ofVirtual().name("play " + path + "/" + name).start(rendition::play));
    }
    if (edges.size() > 1) {
      threads.add(Thread.ofVirtual().name("steer " + path).start(new Steering(client)::follow));
    }
  }

  /** One of its renditions. */
  public final PlayedRendition rendition(String name) {
    return renditions.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  /** How long the screen stood still since it began to play, milliseconds; the worst rendition. */
  public final long stalledMillis() {
    return renditions.stream().mapToLong(PlayedRendition::stalledMillis).max().orElse(0);
  }

  /** Since how long the rendition that is worst off has received no part, milliseconds. */
  public final long oldestPartMillis() {
    return renditions.stream().mapToLong(PlayedRendition::sinceLastPartMillis).max().orElse(0);
  }

  /** The least number of parts of a rendition so far. */
  public final int parts() {
    return renditions.stream().mapToInt(PlayedRendition::parts).min().orElse(0);
  }

  /** The number of parts of all renditions together. */
  public final int allParts() {
    return renditions.stream().mapToInt(PlayedRendition::parts).sum();
  }

  /** Discontinuities passed; the most of a rendition. */
  public final long discontinuities() {
    return renditions.stream().mapToLong(PlayedRendition::discontinuities).max().orElse(0);
  }

  /** Segments passed that were announced as gaps; the most of a rendition. */
  public final long gaps() {
    return renditions.stream().mapToLong(PlayedRendition::gaps).max().orElse(0);
  }

  /** What must never be: numbers that go back, holes, one name for different bytes. */
  public final List<String> faults() {
    return renditions.stream().flatMap(each -> each.faults().stream()).toList();
  }

  /** Requests that failed and were made again. */
  public final List<String> retries() {
    return renditions.stream().flatMap(each -> each.retries().stream()).toList();
  }

  /** For messages and measurements. */
  public final String report() {
    StringBuilder text = new StringBuilder();
    renditions.forEach(each -> text.append(each.report()).append("; "));
    return text.toString();
  }

  @Override
  public final void close() {
    client.stop();
    for (Thread thread : threads) {
      try {
        thread.interrupt();
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    client.close();
  }
}
