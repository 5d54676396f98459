package dev.millrace.server;

import dev.millrace.media.StreamPath;
import dev.millrace.origin.GenerationGate;
import dev.millrace.origin.http.BodyLimits;
import dev.millrace.origin.http.ReadSource;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.internal.FeedRoute;
import dev.millrace.server.internal.InternalConfig;
import dev.millrace.server.internal.InternalRoute;
import dev.millrace.server.internal.InternalServer;
import dev.millrace.server.internal.InternalToken;
import dev.millrace.server.internal.ReaderRoute;
import dev.millrace.server.internal.WriterRoute;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * HTTP with workers and, in a cluster, with other nodes. Call sequence: constructor, {@link #feeds}
 * where there are any, {@link #start} once, {@link #close} once.
 */
final class InternalRoom implements AutoCloseable {
  private final InternalToken token;
  private final GenerationGate gate;
  private final InternalServer server;
  private volatile FeedRoute.Feeds feeds = (path, generation) -> Optional.empty();

  /**
   * @param cluster for whose other nodes it is open; otherwise to workers of this machine only
   * @param readable what other nodes of the cluster read here
   * @param more what is served beside feeds and writers
   */
  InternalRoom(
      OriginRoom origin,
      Optional<ClusterRoom> cluster,
      ReadSource readable,
      List<InternalRoute> more) {
    gate = new GenerationGate(origin.store());
    token = cluster.map(ClusterRoom::token).orElseGet(InternalToken::random);
    List<InternalRoute> routes = new ArrayList<>();
    routes.add(new FeedRoute((path, generation) -> feeds.of(path, generation)));
    if (cluster.isPresent()) {
      routes.add(new ReaderRoute(readable));
    }
    routes.add(new WriterRoute(gate, BodyLimits.DEFAULT));
    routes.addAll(more);
    server =
        new InternalServer(
            cluster.map(ClusterRoom::internal).orElse(InternalConfig.DEFAULT), token, routes);
  }

  /** Where the feeds of streams are. */
  void feeds(FeedRoute.Feeds source) {
    feeds = source;
  }

  /**
   * Listens.
   *
   * @throws ConfigException if it cannot
   */
  void start() {
    try {
      server.start();
    } catch (IOException e) {
      throw new ConfigException(
          "no port for workers and other nodes can be opened: " + e.getMessage());
    }
  }

  /** What lets writers into the origin's store, and keeps former ones out. */
  GenerationGate gate() {
    return gate;
  }

  InternalToken token() {
    return token;
  }

  /** Where it is found; after {@link #start}. */
  URI address() {
    return server.address();
  }

  /** Where a stream's feed is found; after {@link #start}. */
  URI feedAddress(StreamPath path) {
    return server.feedAddress(path);
  }

  @Override
  public void close() {
    server.close();
  }
}
