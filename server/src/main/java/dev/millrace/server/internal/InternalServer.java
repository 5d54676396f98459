package dev.millrace.server.internal;

import dev.millrace.edge.HttpLoops;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.http.LogAddress;
import dev.millrace.origin.GenerationGate;
import dev.millrace.origin.http.LogEndpoint;
import dev.millrace.transcoder.feed.FeedHub;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves feeds to workers and takes their renditions, over HTTP/1.1. Call sequence: constructor,
 * {@link #start} once, {@link #close} once; from any thread but its own event loops.
 *
 * <p>Threads: Vert.x event loops read and write; {@code internal-*} (virtual, one per PUT) call the
 * store.
 */
public final class InternalServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(InternalServer.class);

  private final InternalConfig config;
  private final InternalToken token;
  private final Function<StreamPath, Optional<FeedHub>> feeds;
  private final ExecutorService writers =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("internal-", 0).factory());
  private final LogEndpoint endpoint;
  private final HttpLoops loops;
  private final AtomicInteger connections = new AtomicInteger();
  private int port;

  /**
   * @param gate where renditions and pictures go
   * @param feeds tells the feed of a stream, if it has one; called on event loops
   */
  public InternalServer(
      InternalConfig config,
      InternalToken token,
      GenerationGate gate,
      Function<StreamPath, Optional<FeedHub>> feeds) {
    this.config = config;
    this.token = token;
    this.feeds = feeds;
    this.endpoint = new LogEndpoint(gate, writers, config.bodies());
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
      InternalLoop loop = new InternalLoop(config, token, endpoint, feeds, connections);
      loops.listen(loop, config.host() + ":" + config.port());
      port = loop.actualPort();
    }
    log.info("internal http on {}:{}", config.host(), port);
    return new InetSocketAddress(config.host(), port);
  }

  /** Where workers of this machine find the server; after {@link #start}. */
  public URI address() {
    return URI.create("http://" + config.host() + ":" + port);
  }

  /** Where workers of this machine find a stream's feed; after {@link #start}. */
  public URI feedAddress(StreamPath path) {
    return address().resolve(LogAddress.ROOT + "feed/" + path);
  }

  /** Open connections now. */
  public int connections() {
    return connections.get();
  }

  /** Closes all connections and ends the event loops; writes under way are completed. */
  @Override
  public void close() {
    loops.close();
    writers.shutdown();
  }
}
