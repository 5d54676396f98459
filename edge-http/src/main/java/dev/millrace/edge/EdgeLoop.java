package dev.millrace.edge;

import dev.millrace.edge.PlaylistQuery.Kind;
import dev.millrace.media.StreamPath;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop of the edge: its share of the connections and the requests held on them. All loops
 * listen on the same port. Every method but the constructor runs on the loop.
 */
final class EdgeLoop extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(EdgeLoop.class);

  private static final long TICK_MS = 100;
  private static final int MAX_URI_BYTES = 4096;
  private static final int MAX_HEADER_BYTES = 16 * 1024;
  private static final int MAX_STREAMS_PER_CONNECTION = 256;
  private static final int ACCEPT_BACKLOG = 4096;

  private static final Failure NO_VIEWERS =
      Failure.notFound(
          "this node has no viewers: it answers /livez, /readyz, /healthz, /metrics,"
              + " /api/v1/cluster, /api/v1/relay and /iptv");

  private static final Failure OTHER_NETWORK =
      new Failure(
          403,
          "this relay serves the viewers of its own site, and your address is of none of its"
              + " subnets",
          CacheRule.NO_STORE,
          false);

  private final EdgeNode node;
  private final AtomicInteger connections;
  private final AtomicInteger trackerSockets;
  private HttpServer server;
  private Playlists playlists;
  private MediaFiles media;
  private Pictures pictures;
  private Pages pages;
  private MetricsPage metrics;
  private HealthPage health;
  private SteeringPage steering;
  private ApiPages api;
  private AdminApi admin;
  private RelayApi relay;
  private SwarmPages swarm;
  private TrackerSockets tracker;
  private TransportStreamPage transport;
  private Answers answers;

  /**
   * @param connections of all loops together
   * @param trackerSockets of all loops together
   */
  @SuppressWarnings("NullAway.Init") // start() comes first, by the contract of a verticle.
  EdgeLoop(EdgeNode node, AtomicInteger connections, AtomicInteger trackerSockets) {
    this.node = node;
    this.connections = connections;
    this.trackerSockets = trackerSockets;
  }

  @Override
  public Future<?> start() {
    answers = new Answers(node.wall(), node.counters());
    playlists = new Playlists(node, context, answers);
    media = new MediaFiles(node, context, answers);
    pictures = new Pictures(node, context, answers);
    pages = new Pages(vertx, node.web(), answers);
    metrics = new MetricsPage(node, vertx, answers);
    health = new HealthPage(node, answers);
    steering = new SteeringPage(node, answers);
    OperatorAnswers toOperators = new OperatorAnswers(context, answers);
    admin = new AdminApi(node.sources().cluster().admin(), toOperators);
    api = new ApiPages(node, context, admin, answers);
    relay = new RelayApi(node, admin, toOperators);
    swarm = new SwarmPages(node, context, answers);
    tracker = new TrackerSockets(node, context, answers, trackerSockets);
    transport = new TransportStreamPage(node, vertx, answers);
    vertx.setPeriodic(TICK_MS, ignored -> tick());
    server =
        vertx
            .createHttpServer(options())
            .connectionHandler(this::connected)
            .invalidRequestHandler(this::invalid)
            .requestHandler(this::handle);
    // Vert.x: -1 is a free port which the loops share; 0 would be another one for each of them.
    int port = node.config().port() == 0 ? -1 : node.config().port();
    return server.listen(port, node.config().host());
  }

  /** The port that was bound. */
  int actualPort() {
    return server.actualPort();
  }

  @Override
  public Future<?> stop() {
    playlists.close();
    media.close();
    tracker.close();
    return server.shutdown(1, TimeUnit.SECONDS);
  }

  private HttpServerOptions options() {
    return new HttpServerOptions()
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setIdleTimeout((int) node.config().idleTimeout().toMillis())
        .setMaxInitialLineLength(MAX_URI_BYTES)
        .setMaxHeaderSize(MAX_HEADER_BYTES)
        .setAcceptBacklog(ACCEPT_BACKLOG)
        .setHttp2ClearTextEnabled(true)
        .setMaxWebSocketFrameSize(TrackerSockets.MAX_MESSAGE_BYTES)
        .setMaxWebSocketMessageSize(TrackerSockets.MAX_MESSAGE_BYTES)
        .setPerMessageWebSocketCompressionSupported(false)
        .setPerFrameWebSocketCompressionSupported(false)
        .setInitialSettings(
            new Http2Settings()
                .setMaxConcurrentStreams(MAX_STREAMS_PER_CONNECTION)
                .setMaxHeaderListSize(MAX_HEADER_BYTES));
  }

  private void connected(HttpConnection connection) {
    if (connections.incrementAndGet() > node.config().maxConnections()) {
      connections.decrementAndGet();
      connection.close();
      return;
    }
    connection.closeHandler(closed -> connections.decrementAndGet());
  }

  private void handle(HttpServerRequest request) {
    // Pipelined requests of a client that does not read what it asked for wait until it does.
    if (request.response().writeQueueFull()) {
      request.response().drainHandler(drained -> answer(request));
    } else {
      answer(request);
    }
  }

  private void answer(HttpServerRequest request) {
    try {
      HttpMethod method = request.method();
      if (AdminApi.isFor(request.path())) {
        admin.serve(request);
      } else if (RelayApi.isFor(request.path())) {
        relay.serve(request);
      } else if (HttpMethod.OPTIONS.equals(method)) {
        answers.preflight(request);
      } else if (HttpMethod.GET.equals(method) || HttpMethod.HEAD.equals(method)) {
        get(request);
      } else {
        answers.failure(request, Failure.methodNotAllowed());
      }
    } catch (IllegalArgumentException e) {
      // Vert.x decodes the query on demand and throws this for a broken percent-encoding.
      answers.failure(request, Failure.badRequest("the query is not well-formed"));
      log.debug("refused {}", request.uri(), e);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      broken(request, e);
    }
  }

  private void get(HttpServerRequest request) {
    String path = request.path();
    Route route = Route.parse(path == null ? "" : path);
    if (!node.config().servesViewers() && !route.isForOperators()) {
      answers.failure(request, NO_VIEWERS);
      return;
    }
    if (!route.isForOperators()
        && !node.sources().site().serves().test(ClientAddress.of(request))) {
      answers.failure(request, OTHER_NETWORK);
      return;
    }
    switch (route) {
      case Route.MediaFile file -> media.serve(request, file);
      case Route.Media playlist ->
          playlists.serve(request, playlist.path(), Kind.MEDIA, playlist.rendition());
      case Route.ClassicMultivariant playlist ->
          playlists.serve(request, playlist.path(), Kind.CLASSIC_MULTIVARIANT, "");
      case Route.Classic playlist ->
          playlists.serve(request, playlist.path(), Kind.CLASSIC, playlist.rendition());
      case Route.IFrames playlist ->
          playlists.serve(request, playlist.path(), Kind.I_FRAMES, playlist.rendition());
      case Route.Multivariant playlist ->
          playlists.serve(request, playlist.path(), Kind.MULTIVARIANT, "");
      case Route.Poster poster -> pictures.poster(request, poster.path());
      case Route.StoryboardIndex index -> pictures.storyboard(request, index.path());
      case Route.ThumbnailFile file -> pictures.thumbnail(request, file);
      case Route.StreamList ignored -> api.streams(request);
      case Route.Stream stream -> api.stream(request, stream.path());
      case Route.Swarm of -> swarm.swarm(request, of.path());
      case Route.Hashes of -> swarm.hashes(request, of.path(), of.rendition());
      case Route.Tracker ignored -> tracker.serve(request);
      case Route.Cluster ignored -> api.cluster(request);
      case Route.IptvPlaylist ignored -> pages.iptvPlaylist(request, node.sources().relay());
      case Route.IptvReceived ignored ->
          pages.iptvReceived(request, node.sources().relay().received().get());
      case Route.IptvStream(String name) -> transport.channel(request, name);
      case Route.IptvRepair(String name) -> transport.repair(request, name);
      case Route.IptvGroup group -> transport.group(request, group);
      case Route.IptvDescription(String name) ->
          pages.iptvDescription(request, node.sources().relay(), name);
      case Route.Steering of -> steering.serve(request, of.path());
      case Route.Live ignored -> health.live(request);
      case Route.Ready ignored -> health.ready(request);
      case Route.Metrics ignored -> metrics.serve(request);
      case Route.Home ignored -> pages.serve(request, "index.html");
      case Route.Watch of -> watch(request, of.path());
      case Route.Nodes ignored -> pages.serve(request, "nodes.html");
      case Route.Asset asset -> pages.serve(request, "assets/" + asset.name());
      case Route.Unknown unknown -> pages.notFound(request, unknown.reason());
      case Route.Malformed malformed ->
          answers.failure(request, Failure.badRequest(malformed.reason()));
    }
  }

  /** Whoever is to have the classic view is sent there, and everybody has a say by {@code view}. */
  private void watch(HttpServerRequest request, StreamPath path) {
    if (request.getParam("view") == null && swarm.wantsClassicView(request, path)) {
      answers.redirect(request, "/watch/" + path + "?view=classic");
    } else {
      pages.serve(request, "watch.html");
    }
  }

  /** What could not be read as HTTP; the connection ends, since nobody knows where it stands. */
  private void invalid(HttpServerRequest request) {
    answers.failure(
        request,
        switch (request.decoderResult().cause()) {
          case TooLongHttpLineException ignored -> invalid(414, "the request line is too long");
          case TooLongFrameException ignored -> invalid(431, "the headers are too long");
          default -> invalid(400, "this is not a well-formed HTTP request");
        });
  }

  private static Failure invalid(int status, String message) {
    return new Failure(status, message, CacheRule.NO_STORE, true);
  }

  private void broken(HttpServerRequest request, Throwable failure) {
    log.error("{} {} failed", request.method(), request.uri(), failure);
    if (!request.response().headWritten()) {
      answers.failure(request, Failure.broken());
    }
  }

  private void tick() {
    playlists.tick();
    media.tick();
    tracker.tick();
  }
}
