package dev.millrace.server;

import dev.millrace.edge.EdgeConfig;
import dev.millrace.edge.EdgeServer;
import dev.millrace.edge.EdgeSources;
import dev.millrace.ingest.rtmp.RtmpConfig;
import dev.millrace.ingest.rtmp.RtmpLimits;
import dev.millrace.ingest.rtmp.RtmpServer;
import dev.millrace.media.live.LiveConfig;
import dev.millrace.media.live.LiveStream;
import dev.millrace.media.live.LiveStreams;
import dev.millrace.media.live.StreamFacts;
import dev.millrace.origin.OriginConfig;
import dev.millrace.origin.OriginStore;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.config.PublishKey;
import dev.millrace.server.identity.DataFolder;
import dev.millrace.server.identity.GeneratedKey;
import dev.millrace.server.identity.StreamKeys;
import dev.millrace.server.metrics.NodeFacts;
import dev.millrace.server.metrics.NodeMetrics;
import dev.millrace.transcoder.packager.SequenceNumbers;
import java.io.IOException;
import java.net.BindException;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node, wired by hand: RTMP to the hub of live streams, from there a packager for each stream
 * to the origin's store, from there the edge to viewers. Started and closed once, on any thread.
 *
 * <p>Order of the start: what is downstream first, so that the first publisher finds everything.
 * Order of the stop: sessions end, packagers write the end of their playlists, viewers get a moment
 * to read it, then everything is closed.
 */
final class Node implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Node.class);

  /** How long packagers may take to write the end of their streams. */
  private static final Duration PACKAGERS_END = Duration.ofSeconds(1);

  /** How long viewers have to fetch the end of a playlist and the last parts. */
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(1);

  /**
   * An event loop busy for so long is worth a line; on a small machine class loading takes a
   * second.
   */
  private static final Duration BUSY_LOOP = Duration.ofSeconds(2);

  private final NodeConfig config;
  private final InstantSource wall = Clock.systemUTC();
  private final LongSupplier nanoTime = System::nanoTime;

  /** Closed from the last to the first; so is what was opened when a later part does not start. */
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  private final ScheduledExecutorService timer;
  private final List<PublishKey> keys;
  private final LiveStreams streams;
  private final OriginStore origin;
  private final EdgeServer edge;
  private final PackagingRoom packaging;
  private final RtmpServer rtmp;
  private final int httpPort;

  /** 0 until it is bound; pages are asked for it before. */
  private volatile int rtmpPort;

  private Node(NodeConfig config) {
    this.config = config;
    try {
      DataFolder folder = opened(DataFolder.take(config.data()));
      keys = keys(folder);
      timer =
          Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("timer").factory());
      parts.push(timer::shutdownNow);
      origin = opened(new OriginStore(originConfig(), nanoTime));
      timer.scheduleWithFixedDelay(this::sweepOrigin, 1, 1, TimeUnit.SECONDS);
      streams = new LiveStreams(liveConfig(), wall, nanoTime, timer);
      LadderRoom ladders = opened(ladderRoom(folder));
      packaging =
          new PackagingRoom(
              origin,
              config.hls().targets(),
              new SequenceNumbers(folder.path(), wall),
              wall,
              nanoTime,
              ladders);
      streams.onStream(packaging::take);
      streams.onWarning(
          (stream, text) -> log.atWarn().addKeyValue("stream", stream.path()).log(text));
      NodeMetrics metrics =
          opened(
              new NodeMetrics(
                  Version.text(), new NodeMetrics.Sources(this::nodeFacts, ladders::facts)));
      edge =
          opened(
              new EdgeServer(
                  edgeConfig(),
                  new EdgeSources(
                      origin,
                      origin,
                      this::facts,
                      ladders::facts,
                      this::publishPort,
                      metrics::scrape),
                  wall,
                  nanoTime));
      StreamKeys authority = new StreamKeys(keys, config.publish().open());
      rtmp = opened(new RtmpServer(rtmpConfig(), streams, authority::authorize, nanoTime));
      httpPort = bind("HTTP", config.http().port(), "--http-port", () -> edge.start().getPort());
      rtmpPort = bind("RTMP", config.rtmp().port(), "--rtmp-port", () -> rtmp.start().getPort());
    } catch (RuntimeException e) {
      closeParts();
      throw e;
    }
  }

  /**
   * Starts a node; when this returns it takes publishers and viewers.
   *
   * @throws ConfigException if it cannot start as configured, for example because a port is in use
   */
  static Node start(NodeConfig config) {
    Node node = new Node(config);
    log.atInfo()
        .addKeyValue("node", config.name())
        .log("ready: rtmp on {}:{}", config.rtmp().host(), node.rtmpPort);
    return node;
  }

  /** What was bound. */
  int rtmpPort() {
    return rtmpPort;
  }

  /** What was bound. */
  int httpPort() {
    return httpPort;
  }

  /** The keys that publish; never empty. Secret. */
  List<PublishKey> keys() {
    return keys;
  }

  private List<PublishKey> keys(DataFolder folder) {
    List<PublishKey> configured = config.publish().keys();
    return configured.isEmpty() ? List.of(GeneratedKey.findOrCreate(folder)) : configured;
  }

  private LadderRoom ladderRoom(DataFolder folder) {
    try {
      return new LadderRoom(config.transcode(), folder.path(), origin, nanoTime);
    } catch (IOException e) {
      throw new ConfigException("no port for workers can be opened: " + e.getMessage());
    }
  }

  private void sweepOrigin() {
    try {
      origin.sweep();
    } catch (RuntimeException e) {
      log.error("sweeping the origin failed", e); // and goes on: an executor would drop the task
    }
  }

  private List<StreamFacts> facts() {
    return streams.list().stream().map(LiveStream::facts).toList();
  }

  private OptionalInt publishPort() {
    int bound = rtmpPort;
    return bound == 0 ? OptionalInt.empty() : OptionalInt.of(bound);
  }

  private NodeFacts nodeFacts() {
    return new NodeFacts(facts(), edge.facts(), rtmp.connections(), origin.heldBytes());
  }

  private RtmpConfig rtmpConfig() {
    NodeConfig.Rtmp set = config.rtmp();
    RtmpLimits defaults = RtmpLimits.DEFAULT;
    int messageBytes = (int) set.maxMessageBytes();
    return new RtmpConfig(
        set.host(),
        set.port(),
        set.idleTimeout(),
        set.handshakeTimeout(),
        set.maxConnections(),
        RtmpConfig.defaults().ioThreads(),
        new RtmpLimits(
            defaults.chunkSizeBytes(),
            messageBytes,
            defaults.messageBytesBeforePublish(),
            set.maxChunkStreams(),
            2 * messageBytes));
  }

  private OriginConfig originConfig() {
    OriginConfig defaults = OriginConfig.defaults();
    NodeConfig.Origin set = config.origin();
    return new OriginConfig(
        set.maxMemoryBytes(),
        set.removalGrace(),
        set.endedRetention(),
        defaults.writerSilence(),
        set.maxWaiters());
  }

  private LiveConfig liveConfig() {
    NodeConfig.Publish set = config.publish();
    return new LiveConfig(set.reconnectWindow(), set.queueFrames(), set.queueBytes());
  }

  private EdgeConfig edgeConfig() {
    EdgeConfig defaults = EdgeConfig.defaults();
    NodeConfig.Http set = config.http();
    return new EdgeConfig(
        set.host(),
        set.port(),
        defaults.eventLoops(),
        set.maxConnections(),
        set.maxHeldRequests(),
        set.maxViewersCounted(),
        set.cacheBytes(),
        defaults.cacheIdle(),
        defaults.streamIdle(),
        set.maxWait(),
        set.idleTimeout(),
        set.metrics(),
        BUSY_LOOP);
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.push(part);
    return part;
  }

  /** Something that listens. */
  private interface Listener {
    int start() throws IOException;
  }

  private static int bind(String protocol, int port, String flag, Listener listener) {
    try {
      return listener.start();
    } catch (BindException e) {
      throw new ConfigException(refusal(protocol, port, flag, e));
    } catch (IOException e) {
      throw new ConfigException(
          protocol + " cannot listen on port " + port + ": " + e.getMessage());
    }
  }

  private static String refusal(String protocol, int port, String flag, BindException cause) {
    String reason = String.valueOf(cause.getMessage());
    String what =
        reason.contains("ermission denied")
            ? " needs the right to use low ports"
            : " is in use by another program";
    return reason.contains("annot assign")
        ? protocol + " cannot listen on this machine: " + reason
        : protocol + " port " + port + what + "; choose another with " + flag + " N";
  }

  /** Stops cleanly; returns when all is closed, after a few seconds at most. */
  @Override
  public void close() {
    log.atInfo().addKeyValue("node", config.name()).log("stopping");
    boolean watched = !streams.list().isEmpty();
    rtmp.close();
    streams.close();
    try {
      packaging.join(PACKAGERS_END);
      if (watched) {
        Thread.sleep(LAST_ANSWERS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeParts();
  }

  private void closeParts() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        log.warn("while stopping: {}", e.toString());
      }
    }
  }
}
