package dev.millrace.server;

import dev.millrace.cluster.NodeRole;
import dev.millrace.edge.EdgeCluster;
import dev.millrace.edge.EdgeSite;
import dev.millrace.edge.EdgeSources;
import dev.millrace.edge.NodeReport;
import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.live.LadderFacts;
import dev.millrace.media.live.StreamFacts;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.config.PublishKey;
import dev.millrace.server.internal.InternalRoute;
import dev.millrace.server.internal.NodeRoute;
import dev.millrace.server.internal.TakeoverRoute;
import dev.millrace.server.metrics.NodeFacts;
import dev.millrace.server.metrics.NodeMetrics;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node, wired by hand from rooms, those of its roles: RTMP to the hub of live streams, from
 * there a packager for each stream to the origin's store, from there the edge to viewers. Started
 * and closed once, on any thread.
 *
 * <p>Order of the start: what is downstream first, so that the first publisher finds everything; in
 * a cluster publishers are taken when the others are known. Order of the stop: sessions end,
 * packagers write the end of their playlists, viewers get a moment to read it, then everything is
 * closed.
 */
final class Node implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Node.class);

  /** How long viewers have to fetch the end of a playlist and the last parts. */
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(1);

  /** Closed from the last to the first; so is what was opened when a later room does not start. */
  private final Deque<AutoCloseable> rooms = new ArrayDeque<>();

  private final NodeServices services;
  private final OriginRoom origin;
  private final Optional<ClusterRoom> cluster;
  private final SettingsRoom settings;
  private final Optional<SharedStreams> shared;
  private final Readings readings;
  private final TranscoderRoom transcoder;
  private final Optional<IngestRoom> ingest;
  private final RelayRooms relay;
  private final EdgeRoom edge;
  private final Optional<SiteRoom> sites;
  private final Optional<GatewayRoom> gateway;
  private volatile Duration drainDeadline;

  private Node(NodeConfig config) {
    try {
      services = opened(NodeServices.open(config));
      drainDeadline = config.cluster().drainDeadline();
      cluster =
          config.cluster().isOn()
              ? Optional.of(opened(new ClusterRoom(services)))
              : Optional.empty();
      origin = opened(new OriginRoom(services, cluster.map(with -> with.signatures().signing())));
      settings = opened(new SettingsRoom(services));
      gateway =
          config.relay().siteRelays().isOne()
              ? cluster.map(with -> opened(new GatewayRoom(services, with)))
              : Optional.empty();
      shared =
          gateway.isPresent()
              ? Optional.empty()
              : cluster.map(with -> opened(new SharedStreams(services, with, origin, settings)));
      readings = new Readings(origin, shared, gateway);
      NodeMetrics metrics =
          opened(
              new NodeMetrics(Version.text(), new NodeMetrics.Sources(this::facts, this::ladder)));
      transcoder = opened(new TranscoderRoom(services, cluster));
      InternalRoom internal =
          opened(new InternalRoom(origin, cluster, readings.forNodes(), routes()));
      ingest =
          has(NodeRole.INGEST)
              ? Optional.of(opened(new IngestRoom(services, origin, internal, transcoder, shared)))
              : Optional.empty();
      relay = opened(new RelayRooms(services, cluster, readings.forViewers()));
      sites = servesSites() ? Optional.of(opened(siteRoom())) : Optional.empty();
      edge = opened(new EdgeRoom(services, sources(metrics), hasViewers()));
      internal.start();
      gateway.ifPresent(GatewayRoom::start);
      edge.start();
      sites.ifPresent(SiteRoom::start);
      ingest.ifPresent(IngestRoom::start);
      shared.ifPresent(
          with ->
              ingest.ifPresent(
                  room -> settings.onChange(changed -> room.configure(changed, with))));
      cluster.ifPresent(
          with -> {
            with.join(internal.address(), viewersPort(), rtmpPort());
            settings.start(with);
            sites.ifPresent(SiteRoom::joined);
            gateway.ifPresent(room -> room.joined(with, () -> edge.facts()));
            new LoadReports(services, with, transcoder, () -> facts().edge()).start();
          });
      ingest.ifPresent(IngestRoom::acceptPublishers);
      relay.start(ingest);
      edge.ready();
    } catch (RuntimeException e) {
      closeRooms();
      throw e;
    }
  }

  /**
   * Starts a node; when this returns it takes publishers and viewers, as far as they are its roles.
   *
   * @throws ConfigException if it cannot start as configured, for example because a port is in use
   */
  static Node start(NodeConfig config) {
    Node node = new Node(config);
    log.atInfo()
        .addKeyValue("node", node.name())
        .log(
            node.rtmpPort().isPresent()
                ? "ready: rtmp on " + config.rtmp().host() + ":" + node.rtmpPort().getAsInt()
                : "ready");
    return node;
  }

  private boolean has(NodeRole role) {
    return services.config().roles().contains(role);
  }

  /** The relay of a site is an edge that reads elsewhere. */
  private boolean hasViewers() {
    return has(NodeRole.EDGE) || gateway.isPresent();
  }

  /** A node without a cluster has no secret from which a site's could follow. */
  private boolean servesSites() {
    return has(NodeRole.EDGE)
        && cluster.isPresent()
        && !services.config().relay().sites().isEmpty();
  }

  private SiteRoom siteRoom() {
    return new SiteRoom(services, cluster.orElseThrow(), shared.orElseThrow(), this::cached);
  }

  private CompletionStage<Bytes> cached(StreamPath path, String rendition, String file) {
    return edge.bytes(path, rendition, file);
  }

  private List<InternalRoute> routes() {
    List<InternalRoute> routes = new ArrayList<>();
    if (cluster.isPresent()) {
      routes.add(
          new NodeRoute(this::report, cluster.get().signatures().card().publicKey(), this::drain));
      routes.add(new TakeoverRoute(new Takeovers(shared, () -> ingest)));
      transcoder.host().ifPresent(routes::add);
    }
    return routes;
  }

  private EdgeSources sources(NodeMetrics metrics) {
    EdgeCluster around =
        cluster
            .map(with -> new ClusterDesk(services, with, settings, this::drain).forEdge(gateway))
            .orElseGet(() -> EdgeCluster.none(new SecureRandom().nextLong()));
    return new EdgeSources(
        readings.forViewers(),
        readings.pictures(),
        this::published,
        this::ladder,
        this::rtmpPort,
        metrics::scrape,
        around,
        relay.iptv(),
        relay.swarm(),
        gateway
            .map(GatewayRoom::forEdge)
            .or(() -> sites.map(SiteRoom::forEdge))
            .orElse(EdgeSite.NONE));
  }

  /** For people; unique in a cluster. */
  String name() {
    return services.name();
  }

  /** What was bound; empty where this node takes no publishers. */
  OptionalInt rtmpPort() {
    return ingest.map(IngestRoom::port).orElse(OptionalInt.empty());
  }

  /** What was bound for viewers; empty where this node has none. */
  OptionalInt viewersPort() {
    return hasViewers() ? OptionalInt.of(edge.port()) : OptionalInt.empty();
  }

  /** What was bound for operators, probes and viewers. */
  int httpPort() {
    return edge.port();
  }

  /** What was bound for the relays of sites; empty where none are served. */
  OptionalInt sitePort() {
    return sites.map(room -> OptionalInt.of(room.port())).orElse(OptionalInt.empty());
  }

  /** The keys that publish; empty where nobody can publish. Secret. */
  List<PublishKey> keys() {
    return ingest.map(IngestRoom::keys).orElse(List.of());
  }

  /** The others, where there may be any. */
  Optional<ClusterRoom> cluster() {
    return cluster;
  }

  private List<StreamFacts> published() {
    return ingest.map(IngestRoom::facts).orElse(List.of());
  }

  private Optional<LadderFacts> ladder(StreamPath path) {
    return ingest.flatMap(room -> room.ladder(path));
  }

  private String report() {
    return NodeReport.text(published(), this::ladder, edge.viewers());
  }

  private NodeFacts facts() {
    return new NodeFacts(
        published(),
        edge.facts(),
        ingest.map(IngestRoom::connections).orElse(0),
        origin.store().heldBytes(),
        shared.map(SharedStreams::sample),
        relay.channels(),
        relay.receptions(),
        relay.swarmFacts(),
        sites.map(SiteRoom::facts).orElse(List.of()));
  }

  private <T extends AutoCloseable> T opened(T room) {
    rooms.push(room);
    return room;
  }

  /**
   * Begins to hand over what this node has, and then ends the process; returns at once.
   *
   * @param deadline how long it may take, also of what has begun already; empty for {@code
   *     drain.deadline}
   */
  private void drain(Optional<Duration> deadline) {
    deadline.ifPresent(given -> drainDeadline = given);
    Thread.ofPlatform().name("drain").start(() -> System.exit(0)); // by way of the shutdown hook
  }

  /** Hands over to the other nodes, if there are any. */
  private void handOver(ClusterRoom with) {
    with.membership().draining(true);
    relay.stopPublishing();
    List<Drain.Part> parts = new ArrayList<>();
    NodeCalls calls = new NodeCalls(with);
    ingest.ifPresent(
        room ->
            parts.add(
                room.drain(with::otherIngest, (other, paths) -> calls.prepare(other.id(), paths))));
    gateway.ifPresent(GatewayRoom::report);
    parts.add(edge.drain(() -> gateway.isPresent() || with.hasOther(NodeRole.EDGE)));
    if (with.hasOther(NodeRole.TRANSCODER)) {
      parts.add(transcoder.drain());
    }
    if (with.hasOther(NodeRole.ORIGIN)) {
      shared.ifPresent(room -> parts.add(room.drain()));
    }
    new Drain(services.nanoTime()).run(parts, () -> drainDeadline);
  }

  /**
   * Stops cleanly: in a cluster after it has handed over what it has, within {@code
   * drain.deadline}; alone within a few seconds.
   */
  @Override
  public void close() {
    log.atInfo().addKeyValue("node", name()).log("stopping");
    cluster
        .filter(with -> with.view().nodes().size() > 1 || gateway.isPresent())
        .ifPresent(this::handOver);
    boolean watched = ingest.map(IngestRoom::stopPublishing).orElse(false);
    try {
      if (watched) {
        Thread.sleep(LAST_ANSWERS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    cluster.ifPresent(ClusterRoom::leave);
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
