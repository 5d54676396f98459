package dev.millrace.server.internal;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop of the internal server: its share of the connections. All loops listen on the same
 * port. Every method but the constructor runs on the loop.
 */
final class InternalLoop extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(InternalLoop.class);

  /** All who speak here are of this software. */
  private static final Set<String> TLS_VERSIONS = Set.of("TLSv1.3");

  private static final int MAX_URI_BYTES = 1024;
  private static final int MAX_HEADER_BYTES = 8 * 1024;

  private final InternalConfig config;
  private final Predicate<String> admits;
  private final List<InternalRoute> routes;
  private final AtomicInteger connections;
  private HttpServer server;

  @SuppressWarnings("NullAway.Init") // start() comes first, by the contract of a verticle.
  InternalLoop(
      InternalConfig config,
      Predicate<String> admits,
      List<InternalRoute> routes,
      AtomicInteger connections) {
    this.config = config;
    this.admits = admits;
    this.routes = routes;
    this.connections = connections;
  }

  @Override
  public Future<?> start() {
    server =
        vertx
            .createHttpServer(options())
            .connectionHandler(this::connected)
            .invalidRequestHandler(
                request -> Refusal.send(request, 400, "this is not a well-formed HTTP request"))
            .requestHandler(this::handle);
    // Vert.x: -1 is a free port which the loops share; 0 would be another one for each of them.
    return server.listen(config.port() == 0 ? -1 : config.port(), config.host());
  }

  private HttpServerOptions options() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setTcpNoDelay(true)
            .setHttp2ClearTextEnabled(false)
            .setHandle100ContinueAutomatically(true)
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
            .setIdleTimeout((int) config.idleTimeout().toMillis())
            .setMaxInitialLineLength(MAX_URI_BYTES)
            .setMaxHeaderSize(MAX_HEADER_BYTES);
    config
        .tls()
        .ifPresent(
            tls ->
                options
                    .setSsl(true)
                    .setUseAlpn(false) // HTTP/1.1 is all there is
                    .setEnabledSecureTransportProtocols(TLS_VERSIONS)
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .setCertValue(Buffer.buffer(tls.certificatePem()))
                            .setKeyValue(Buffer.buffer(tls.keyPem()))));
    return options;
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
      if (authorization == null || !admits.test(authorization)) {
        Refusal.send(request, 401, "the token is missing or wrong");
        return;
      }
      String path = request.path() == null ? "" : request.path();
      if (routes.stream().noneMatch(route -> route.answer(context, request, path))) {
        Refusal.send(request, 404, "there is nothing at this address");
      }
    } catch (RuntimeException e) {
      log.error("{} {} failed", request.method(), request.uri(), e);
      if (!request.response().headWritten()) {
        Refusal.send(request, 500, "the server failed");
      }
    }
  }
}
