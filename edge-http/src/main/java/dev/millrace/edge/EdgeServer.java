package dev.millrace.edge;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.hls.ContentSteering;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.PartSource;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves viewers over HTTP/1.1 and cleartext HTTP/2: playlists, media, the API and the pages; or,
 * where it is told to serve no viewers, only what operators and probes ask. Call sequence:
 * constructor, {@link #start} once, {@link #ready} when viewers may come, {@link #close} once; from
 * any thread but its own event loops.
 */
public final class EdgeServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EdgeServer.class);

  private static final long SWEEP_MS = 1000;
  private final EdgeConfig config;
  private final EdgeNode node;
  private final HttpLoops loops;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger trackerSockets = new AtomicInteger();

  /**
   * @param sources where playlists, media and all else come from
   * @param wall for the Date header
   * @param nanoTime a monotonic clock
   */
  public EdgeServer(
      EdgeConfig config, EdgeSources sources, InstantSource wall, LongSupplier nanoTime) {
    this.config = config;
    EdgeCluster cluster = sources.cluster();
    LiveFacts live = new LiveFacts(sources.facts(), cluster, nanoTime);
    EdgeStreams streams =
        new EdgeStreams(
            sources.parts(),
            config,
            path -> steering(cluster, path),
            path -> live.isAnnounced(path) || sources.parts().streams().contains(path),
            nanoTime);
    MediaCache media = new MediaCache(sources.parts(), config, nanoTime);
    this.node =
        new EdgeNode(
            config,
            sources,
            streams,
            media,
            new SegmentHashes(media, nanoTime),
            new Posters(sources.pictures(), nanoTime),
            live,
            new StreamsApi(sources, streams, live, nanoTime),
            new ClusterApi(cluster, wall),
            new WebFiles(EdgeServer.class.getClassLoader()),
            new HeldRequests(config.maxHeldRequests()),
            new EdgeCounters(),
            new ViewerIdentity(cluster.viewerSalt()),
            new AtomicReference<>(NodePhase.STARTING),
            wall,
            nanoTime);
    this.loops = new HttpLoops(config.eventLoops(), 4, config.loopWarning());
  }

  /**
   * Listens.
   *
   * @return what was bound
   * @throws BindException if the port is in use or may not be used
   */
  public InetSocketAddress start() throws IOException {
    if (config.servesViewers()) {
      node.web().load("index.html");
      node.web().load("watch.html");
      node.web().load("nodes.html");
    }
    int port = config.port();
    for (int i = 0; i < config.eventLoops(); i++) {
      EdgeLoop loop = new EdgeLoop(node, connections, trackerSockets);
      loops.listen(loop, config.host() + ":" + port);
      port = loop.actualPort();
    }
    loops.vertx().setPeriodic(SWEEP_MS, ignored -> sweep());
    log.info(
        "http {} on {}:{}, {} event loops, transport {}",
        config.servesViewers() ? "for viewers" : "for operators and probes",
        config.host(),
        port,
        config.eventLoops(),
        loops.vertx().isNativeTransportEnabled() ? "native" : "nio");
    return new InetSocketAddress(config.host(), port);
  }

  /**
   * From now on {@code /readyz} and {@code /healthz} send viewers here; before, they answer 503.
   */
  public void ready() {
    node.phase().compareAndSet(NodePhase.STARTING, NodePhase.READY);
  }

  /**
   * Asks viewers to leave: players with content steering go to other edges when they ask next,
   * {@code /healthz} answers 503, and whoever stays is served until {@link #close}. {@link #facts}
   * tells how many are left: a viewer counts for three target durations after it was last seen. Any
   * thread, any number of times.
   */
  public void drain() {
    if (node.phase().getAndSet(NodePhase.DRAINING) != NodePhase.DRAINING
        && config.servesViewers()) {
      log.info("draining: viewers are asked to go to other edges");
    }
  }

  /** Answers who still waits, closes all connections and ends the event loops. */
  @Override
  public void close() {
    node.streams().close();
    loops.close();
    node.media().close();
  }

  /**
   * The bytes of a part, segment or initialization section, by way of the cache that viewers are
   * served from: whoever else asks for them, the source is asked once. A copy. Any thread.
   */
  public CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
    CompletableFuture<Bytes> result = new CompletableFuture<>();
    Optional<FileName> name = FileName.parse(file);
    if (name.isEmpty()) {
      result.completeExceptionally(new PartSource.NoSuchFileException(file));
      return result;
    }
    MediaCache.Key key = new MediaCache.Key(path, rendition, name.get());
    MediaBytes present = node.media().get(key);
    if (present != null) {
      result.complete(present.copy());
      present.release();
    } else {
      node.media()
          .fetch(
              key,
              (bytes, failure) -> {
                if (bytes == null) {
                  result.completeExceptionally(failure);
                } else {
                  result.complete(bytes.copy());
                  bytes.release();
                }
              });
    }
    return result;
  }

  /** How this edge is doing. Any thread. */
  public EdgeFacts facts() {
    EdgeCounters counters = node.counters();
    return new EdgeFacts(
        connections.get(),
        node.held().count(),
        node.media().heldBytes(),
        node.streams().viewers(),
        counters.bodyBytes.sum(),
        counters.playlists.sum(),
        counters.mediaFiles.sum(),
        counters.refused.sum(),
        counters.unavailable.sum(),
        counters.failed.sum());
  }

  /** Who watches here, for {@link NodeReport#text}. Any thread. */
  public Map<StreamPath, ViewerSample> viewers() {
    return node.streams().viewerSamples();
  }

  /** Requests that wait now, for tests. */
  int heldRequests() {
    return node.held().count();
  }

  /** Open connections now, for tests. */
  int openConnections() {
    return connections.get();
  }

  /** Memory of the media cache now, for tests. */
  long cachedBytes() {
    return node.media().heldBytes();
  }

  /** A node of a cluster may get company later, so that its players are told where to ask. */
  private static Optional<ContentSteering> steering(EdgeCluster cluster, StreamPath path) {
    ClusterFacts facts = cluster.facts().get();
    return facts.isClustered()
        ? Optional.of(new ContentSteering(SteeringManifest.uri(path), facts.self()))
        : Optional.empty();
  }

  private void sweep() {
    node.streams().sweep();
    node.media().sweep();
  }
}
