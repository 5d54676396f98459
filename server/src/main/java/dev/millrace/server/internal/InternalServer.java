package dev.millrace.server.internal;

import dev.millrace.edge.HttpLoops;
import dev.millrace.media.StreamPath;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves workers and other nodes, over HTTP/1.1: listens, checks the token, and asks its routes.
 * Call sequence: constructor, {@link #start} once, {@link #close} once; from any thread but its own
 * event loops.
 */
public final class InternalServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(InternalServer.class);

  private final InternalConfig config;
  private final Predicate<String> admits;
  private final List<InternalRoute> routes;
  private final HttpLoops loops;
  private final AtomicInteger connections = new AtomicInteger();
  private int port;

  /**
   * @param token that every request must have
   * @param routes asked in this order; closed with the server
   */
  public InternalServer(InternalConfig config, InternalToken token, List<InternalRoute> routes) {
    this(config, token::isIn, routes);
  }

  /**
   * For several kinds of callers.
   *
   * @param admits whether an Authorization header lets its request in; takes the same time for
   *     every wrong one
   * @param routes asked in this order; closed with the server
   */
  public InternalServer(
      InternalConfig config, Predicate<String> admits, List<InternalRoute> routes) {
    this.config = config;
    this.admits = admits;
    this.routes = List.copyOf(routes);
    this.loops = new HttpLoops(config.eventLoops(), 1, config.loopWarning());
  }

  /**
   * Listens.
   *
   * @return what was bound
   * @throws BindException if the port is in use or may not be used
   */
  public InetSocketAddress start() throws IOException {
    for (int i = 0; i < config.eventLoops(); i++) {
      InternalLoop loop = new InternalLoop(config, admits, routes, connections);
      loops.listen(loop, config.host() + ":" + config.port());
      port = loop.actualPort();
    }
    log.info(
        "internal {} on {}:{}, found at {}",
        config.tls().isPresent() ? "https" : "http",
        config.host(),
        port,
        address());
    return new InetSocketAddress(config.host(), port);
  }

  /** Where workers and other nodes find the server, without a path; after {@link #start}. */
  public URI address() {
    InternalConfig.Advertised advertised = config.advertised();
    String host = advertised.host().isEmpty() ? config.host() : advertised.host();
    return URI.create(
        (config.tls().isPresent() ? "https://" : "http://")
            + (host.contains(":") ? "[" + host + "]" : host)
            + ":"
            + (advertised.port() == 0 ? port : advertised.port()));
  }

  /** Where workers find a stream's feed; after {@link #start}. */
  public URI feedAddress(StreamPath path) {
    return address().resolve(FeedRoute.address(path));
  }

  /** Open connections now. */
  public int connections() {
    return connections.get();
  }

  /** Closes all connections, ends the event loops and closes the routes. */
  @Override
  public void close() {
    loops.close();
    routes.forEach(InternalRoute::close);
  }
}
