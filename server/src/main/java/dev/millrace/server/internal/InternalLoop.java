package dev.millrace.server.internal;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.http.LogAddress;
import dev.millrace.origin.http.LogEndpoint;
import dev.millrace.transcoder.feed.FeedHub;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop of the internal server: its share of the connections. All loops listen on the same
 * port. Every method but the constructor runs on the loop.
 */
final class InternalLoop extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(InternalLoop.class);

  private static final String FEED = LogAddress.ROOT + "feed/";
  private static final int MAX_URI_BYTES = 1024;
  private static final int MAX_HEADER_BYTES = 8 * 1024;

  private final InternalConfig config;
  private final InternalToken token;
  private final LogEndpoint endpoint;
  private final Function<StreamPath, Optional<FeedHub>> feeds;
  private final AtomicInteger connections;
  private HttpServer server;

  @SuppressWarnings("NullAway.Init") // start() comes first, by the contract of a verticle.
  InternalLoop(
      InternalConfig config,
      InternalToken token,
      LogEndpoint endpoint,
      Function<StreamPath, Optional<FeedHub>> feeds,
      AtomicInteger connections) {
    this.config = config;
    this.token = token;
    this.endpoint = endpoint;
    this.feeds = feeds;
    this.connections = connections;
  }

  @Override
  public Future<?> start() {
    server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setTcpNoDelay(true)
                    .setHttp2ClearTextEnabled(false)
                    .setHandle100ContinueAutomatically(true)
                    .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                    .setIdleTimeout((int) config.idleTimeout().toMillis())
                    .setMaxInitialLineLength(MAX_URI_BYTES)
                    .setMaxHeaderSize(MAX_HEADER_BYTES))
            .connectionHandler(this::connected)
            .invalidRequestHandler(
                request -> refuse(request, 400, "this is not a well-formed HTTP request"))
            .requestHandler(this::handle);
    // Vert.x: -1 is a free port which the loops share; 0 would be another one for each of them.
    return server.listen(config.port() == 0 ? -1 : config.port(), config.host());
  }

  /** The port that was bound. */
  int actualPort() {
    return server.actualPort();
  }

  @Override
  public Future<?> stop() {
    return server.shutdown(1, TimeUnit.SECONDS);
  }

  private void connected(HttpConnection connection) {
    if (connections.incrementAndGet() > config.maxConnections()) {
      connections.decrementAndGet();
      connection.close();
      return;
    }
    connection.closeHandler(closed -> connections.decrementAndGet());
  }

  private void handle(HttpServerRequest request) {
    try {
      String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
      if (authorization == null || !token.isIn(authorization)) {
        refuse(request, 401, "the token is missing or wrong");
        return;
      }
      String path = request.path() == null ? "" : request.path();
      Optional<StreamPath> feed = feed(path);
      Optional<LogAddress> address = LogAddress.parse(path);
      if (feed.isPresent()) {
        feed(request, feed.get());
      } else if (address.isPresent()) {
        endpoint.handle(context, request, address.get());
      } else {
        refuse(request, 404, "there is nothing at this address");
      }
    } catch (RuntimeException e) {
      log.error("{} {} failed", request.method(), request.uri(), e);
      if (!request.response().headWritten()) {
        refuse(request, 500, "the server failed");
      }
    }
  }

  private void feed(HttpServerRequest request, StreamPath path) {
    if (!HttpMethod.GET.equals(request.method())) {
      refuse(request, 405, "a feed is read by GET");
      return;
    }
    Optional<FeedHub> hub = feeds.apply(path);
    if (hub.isEmpty()) {
      refuse(request, 404, "there is no feed of " + path);
      return;
    }
    FeedResponse.start(path, context, request, hub.get());
  }

  private static Optional<StreamPath> feed(String path) {
    if (!path.startsWith(FEED)) {
      return Optional.empty();
    }
    String[] steps = path.substring(FEED.length()).split("/", -1);
    return steps.length == 2
            && StreamPath.isValidSegment(steps[0])
            && StreamPath.isValidSegment(steps[1])
        ? Optional.of(new StreamPath(steps[0], steps[1]))
        : Optional.empty();
  }

  private static void refuse(HttpServerRequest request, int status, String text) {
    request
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
        .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
        .end(text)
        .onComplete(sent -> request.connection().close());
  }
}
