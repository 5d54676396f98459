package dev.millrace.server;

import dev.millrace.edge.EdgeSources;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.config.PublishKey;
import dev.millrace.server.metrics.NodeFacts;
import dev.millrace.server.metrics.NodeMetrics;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node, wired by hand from rooms: RTMP to the hub of live streams, from there a packager for
 * each stream to the origin's store, from there the edge to viewers. Started and closed once, on
 * any thread.
 *
 * <p>Order of the start: what is downstream first, so that the first publisher finds everything.
 * Order of the stop: sessions end, packagers write the end of their playlists, viewers get a moment
 * to read it, then everything is closed.
 */
final class Node implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Node.class);

  /** How long viewers have to fetch the end of a playlist and the last parts. */
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(1);

  private final NodeConfig config;

  /** Closed from the last to the first; so is what was opened when a later room does not start. */
  private final Deque<AutoCloseable> rooms = new ArrayDeque<>();

  private final OriginRoom origin;
  private final IngestRoom ingest;
  private final EdgeRoom edge;

  private Node(NodeConfig config) {
    this.config = config;
    try {
      NodeServices services = opened(NodeServices.open(config));
      origin = opened(new OriginRoom(services));
      InternalRoom internal = opened(new InternalRoom(origin));
      ingest = opened(new IngestRoom(services, origin, internal));
      NodeMetrics metrics =
          opened(
              new NodeMetrics(
                  Version.text(), new NodeMetrics.Sources(this::facts, ingest::ladder)));
      edge =
          opened(
              new EdgeRoom(
                  services,
                  new EdgeSources(
                      origin.store(),
                      origin.store(),
                      ingest::facts,
                      ingest::ladder,
                      ingest::port,
                      metrics::scrape)));
      internal.start();
      edge.start();
      ingest.start();
    } catch (RuntimeException e) {
      closeRooms();
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
        .log("ready: rtmp on {}:{}", config.rtmp().host(), node.rtmpPort());
    return node;
  }

  /** What was bound. */
  int rtmpPort() {
    return ingest.port().orElseThrow();
  }

  /** What was bound. */
  int httpPort() {
    return edge.port();
  }

  /** The keys that publish; never empty. Secret. */
  List<PublishKey> keys() {
    return ingest.keys();
  }

  private NodeFacts facts() {
    return new NodeFacts(
        ingest.facts(), edge.facts(), ingest.connections(), origin.store().heldBytes());
  }

  private <T extends AutoCloseable> T opened(T room) {
    rooms.push(room);
    return room;
  }

  /** Stops cleanly; returns when all is closed, after a few seconds at most. */
  @Override
  public void close() {
    log.atInfo().addKeyValue("node", config.name()).log("stopping");
    boolean watched = ingest.stopPublishing();
    try {
      if (watched) {
        Thread.sleep(LAST_ANSWERS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeRooms();
  }

  private void closeRooms() {
    while (!rooms.isEmpty()) {
      try {
        rooms.pop().close();
      } catch (Exception e) {
        log.warn("while stopping: {}", e.toString());
      }
    }
  }
}
