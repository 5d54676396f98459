package dev.millrace.server;

import dev.millrace.edge.EdgeConfig;
import dev.millrace.edge.EdgeFacts;
import dev.millrace.edge.EdgeServer;
import dev.millrace.edge.EdgeSources;
import dev.millrace.edge.ViewerSample;
import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.server.config.NodeConfig;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/**
 * HTTP of a node: to viewers playlists, media, pages, API, where that is its role; on every node
 * what operators and probes ask. Call sequence: constructor, {@link #start}, {@link #ready}, close.
 */
final class EdgeRoom implements AutoCloseable {
  /**
   * An event loop busy for so long is worth a line; on a small machine class loading takes a
   * second.
   */
  private static final Duration BUSY_LOOP = Duration.ofSeconds(2);

  private final int configuredPort;
  private final EdgeServer edge;
  private int port;

  /**
   * @param servesViewers whether this node has the role edge
   */
  EdgeRoom(NodeServices node, EdgeSources sources, boolean servesViewers) {
    configuredPort = node.config().http().port();
    edge =
        new EdgeServer(
            config(node.config().http(), servesViewers), sources, node.wall(), node.nanoTime());
  }

  /**
   * Listens from now on.
   *
   * @throws dev.millrace.server.config.ConfigException if the port cannot be had
   */
  void start() {
    port = Listening.on("HTTP", configuredPort, "--http-port", () -> edge.start().getPort());
  }

  /** Tells probes that this node has all that it needs. */
  void ready() {
    edge.ready();
  }

  /** What was bound; after {@link #start}. */
  int port() {
    return port;
  }

  EdgeFacts facts() {
    return edge.facts();
  }

  /**
   * Has viewers go to other edges.
   *
   * @param others whether there are any; where there are none nobody is waited for
   */
  Drain.Part drain(BooleanSupplier others) {
    return new Drain.Part(
        edge::drain,
        () -> {
          int here = edge.facts().viewers().values().stream().mapToInt(each -> each).sum();
          return here > 0 && others.getAsBoolean()
              ? Optional.of(here + " viewers")
              : Optional.empty();
        });
  }

  /** Bytes by name, by way of the cache of viewers. */
  CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
    return edge.bytes(path, rendition, file);
  }

  /** Who watches here. */
  Map<StreamPath, ViewerSample> viewers() {
    return edge.viewers();
  }

  @Override
  public void close() {
    edge.close();
  }

  private static EdgeConfig config(NodeConfig.Http set, boolean servesViewers) {
    EdgeConfig defaults = EdgeConfig.defaults();
    return new EdgeConfig(
        set.host(),
        set.port(),
        servesViewers ? defaults.eventLoops() : 1,
        set.maxConnections(),
        set.maxHeldRequests(),
        set.maxViewersCounted(),
        set.cacheBytes(),
        defaults.cacheIdle(),
        defaults.streamIdle(),
        set.maxWait(),
        set.idleTimeout(),
        set.metrics(),
        BUSY_LOOP,
        servesViewers);
  }
}
