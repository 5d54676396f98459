package dev.millrace.server;

import dev.millrace.cluster.NodeInfo;
import dev.millrace.ingest.rtmp.RtmpConfig;
import dev.millrace.ingest.rtmp.RtmpLimits;
import dev.millrace.ingest.rtmp.RtmpServer;
import dev.millrace.media.StreamPath;
import dev.millrace.media.live.Epochs;
import dev.millrace.media.live.LadderFacts;
import dev.millrace.media.live.LiveConfig;
import dev.millrace.media.live.LiveStream;
import dev.millrace.media.live.LiveStreams;
import dev.millrace.media.live.Ownership;
import dev.millrace.media.live.PublishRequest;
import dev.millrace.media.live.PublishResult;
import dev.millrace.media.live.StreamFacts;
import dev.millrace.origin.OriginStore;
import dev.millrace.server.cluster.LogEnds;
import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.config.PublishKey;
import dev.millrace.server.identity.GeneratedKey;
import dev.millrace.server.identity.StreamKeys;
import dev.millrace.transcoder.packager.Adoptions;
import dev.millrace.transcoder.packager.SequenceNumbers;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishers and what becomes of their streams: RTMP to the hub of live streams, from there a
 * packager for each stream to the origin's store, with its ladder beside it. Call sequence:
 * constructor, {@link #start} once, {@link #stopPublishing} where there is time for a clean end,
 * {@link #close} once.
 */
final class IngestRoom implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(IngestRoom.class);

  /** How long packagers may take to write the end of their streams. */
  private static final Duration PACKAGERS_END = Duration.ofSeconds(1);

  /** How long a publisher may take to follow a request to go elsewhere: until a key frame. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final NodeConfig.Rtmp config;
  private final NodeServices node;
  private final Optional<SharedStreams> shared;
  private final OriginStore store;
  private volatile List<PublishKey> keys;
  private volatile StreamKeys authority;
  private final LiveStreams streams;
  private final LadderRoom ladders;
  private final PackagingRoom packaging;
  private final RtmpServer rtmp;

  /** 0 until it is bound; pages are asked for it before. */
  private volatile int port;

  /**
   * @param shared the streams of other nodes; empty for a node that is alone
   */
  IngestRoom(
      NodeServices node,
      OriginRoom origin,
      InternalRoom internal,
      TranscoderRoom transcoder,
      Optional<SharedStreams> shared) {
    this.node = node;
    this.shared = shared;
    this.store = origin.store();
    config = node.config().rtmp();
    keys = keys(node.config(), shared);
    authority = new StreamKeys(keys, node.config().publish().open());
    streams =
        new LiveStreams(
            liveConfig(node.config().publish()),
            node.wall(),
            node.nanoTime(),
            node.timer(),
            shared.map(SharedStreams::epochs).orElseGet(() -> new Epochs(node.wall(), node.id())),
            shared.<Ownership>map(SharedStreams::publishers).orElse(Ownership.NOBODY));
    ladders = new LadderRoom(node, origin, internal, transcoder);
    packaging =
        new PackagingRoom(
            origin.store(),
            node.config().hls().targets(),
            new SequenceNumbers(node.folder().path(), node.wall()),
            node.wall(),
            node.nanoTime(),
            ladders,
            shared.<Adoptions>map(SharedStreams::copies).orElse(Adoptions.NONE),
            path -> shared.ifPresent(with -> with.copies().release(path)));
    shared.ifPresent(with -> with.publish(streams));
    streams.onStream(packaging::take);
    streams.onWarning(
        (stream, text) -> log.atWarn().addKeyValue("stream", stream.path()).log(text));
    rtmp =
        new RtmpServer(
            rtmpConfig(config),
            streams,
            (app, key) -> authority.authorize(app, key),
            node.nanoTime());
    rtmp.acceptPublishers(false);
  }

  /**
   * Listens; publishers are told to try again until {@link #acceptPublishers}.
   *
   * @throws dev.millrace.server.config.ConfigException if the port cannot be had
   */
  void start() {
    port = Listening.on("RTMP", config.port(), "--rtmp-port", () -> rtmp.start().getPort());
  }

  /** From now on publishers are accepted. */
  void acceptPublishers() {
    rtmp.acceptPublishers(true);
  }

  /**
   * Sends publishers to another ingest node, when it has copies of their streams: those that
   * understand it are asked, the others' are closed, so that they connect again; and so are those,
   * a little later, that were asked in vain.
   *
   * @param elsewhere the node to go to; asked once, empty if there is none
   * @param prepare has that node get copies
   */
  Drain.Part drain(
      Supplier<Optional<NodeInfo>> elsewhere,
      BiFunction<NodeInfo, List<StreamPath>, CompletionStage<Void>> prepare) {
    AtomicBoolean wait = new AtomicBoolean();
    return new Drain.Part(
        () -> {
          rtmp.acceptPublishers(false);
          Optional<NodeInfo> to = elsewhere.get();
          wait.set(to.isPresent());
          to.ifPresent(
              other ->
                  prepare
                      .apply(other, streams.list().stream().map(LiveStream::path).toList())
                      .whenComplete((done, failure) -> send(other.addresses().publishers())));
        },
        () -> {
          int left =
              Math.max(streams.list().size(), shared.map(SharedStreams::published).orElse(0));
          return wait.get() && left > 0
              ? Optional.of(left + " streams of publishers")
              : Optional.empty();
        });
  }

  private void send(Optional<URI> elsewhere) {
    String why = "this server is about to stop";
    rtmp.askToReconnect(elsewhere, why);
    rtmp.closePublishers(false, why);
    try {
      node.timer()
          .schedule(
              () -> rtmp.closePublishers(true, why), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException stopping) {
      log.debug("publishers are not waited for any more: the node stops");
    }
  }

  /**
   * Stops writing a stream whose publisher is on another node now, with all put out that has come.
   *
   * @param epoch of the session there
   * @return where its log ends; empty if there is none here, or a newer session
   */
  Optional<LogEnds> stop(StreamPath path, long epoch) {
    streams.fence(path, epoch, "taken over on another node");
    return streams.find(path).isEmpty() && packaging.awaitEnd(path)
        ? store.view(path).map(LogEnds::of)
        : Optional.empty();
  }

  /** What was bound; empty before. */
  OptionalInt port() {
    int bound = port;
    return bound == 0 ? OptionalInt.empty() : OptionalInt.of(bound);
  }

  /** The keys that publish; never empty. Secret. */
  List<PublishKey> keys() {
    return keys;
  }

  /** A publisher of this process that is no RTMP. */
  PublishResult publish(PublishRequest request) {
    return streams.publish(request);
  }

  /** Whether a publisher on another node is live with this stream. */
  boolean isLiveElsewhere(StreamPath path) {
    return shared
        .flatMap(with -> with.publishers().of(path))
        .filter(Ownership.Owner::live)
        .isPresent();
  }

  /** What is published here. */
  List<StreamFacts> facts() {
    return streams.list().stream().map(LiveStream::facts).toList();
  }

  /** How the ladder of a stream stands; empty for one that is not published here. */
  Optional<LadderFacts> ladder(StreamPath path) {
    return ladders.facts(path);
  }

  /** Open connections of publishers. */
  int connections() {
    return rtmp.connections();
  }

  /**
   * Ends all sessions and waits a moment for packagers to write the end of their streams.
   *
   * @return whether there were any streams
   */
  boolean stopPublishing() {
    boolean any = !streams.list().isEmpty();
    rtmp.close();
    streams.close();
    try {
      packaging.join(PACKAGERS_END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return any;
  }

  @Override
  public void close() {
    rtmp.close();
    streams.close();
    ladders.close();
  }

  /** Without configured ones: in a cluster the same on all nodes, alone the node's own. */
  private List<PublishKey> keys(NodeConfig from, Optional<SharedStreams> shared) {
    if (!from.publish().keys().isEmpty()) {
      return from.publish().keys();
    }
    return List.of(
        shared
            .map(with -> GeneratedKey.of(with.keys()))
            .orElseGet(() -> GeneratedKey.findOrCreate(node.folder())));
  }

  /** Makes changed settings effective; publications and streams that are there go on. */
  void configure(NodeConfig changed, SharedStreams shared) {
    keys = keys(changed, Optional.of(shared));
    authority = new StreamKeys(keys, changed.publish().open());
    streams.reconnectWindow(changed.publish().reconnectWindow());
    ladders.configure(changed.transcode());
  }

  private static LiveConfig liveConfig(NodeConfig.Publish set) {
    return new LiveConfig(set.reconnectWindow(), set.queueFrames(), set.queueBytes());
  }

  private static RtmpConfig rtmpConfig(NodeConfig.Rtmp set) {
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
}
