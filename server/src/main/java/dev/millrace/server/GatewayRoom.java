package dev.millrace.server;

import dev.millrace.cluster.NodeInfo;
import dev.millrace.cluster.NodeLoad;
import dev.millrace.edge.ClusterFacts;
import dev.millrace.edge.ClusterNode;
import dev.millrace.edge.EdgeFacts;
import dev.millrace.edge.EdgeSite;
import dev.millrace.edge.StreamCopy;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.MergedPartSource;
import dev.millrace.media.log.PartSource;
import dev.millrace.origin.http.ReadSource;
import dev.millrace.relay.swarm.Subnet;
import dev.millrace.server.cluster.EdgeView;
import dev.millrace.server.cluster.SourceTally;
import dev.millrace.server.config.RelayConfig;
import dev.millrace.server.identity.SiteFile;
import dev.millrace.server.site.EdgeClient;
import dev.millrace.server.site.SignerBook;
import dev.millrace.server.site.SiteMap;
import dev.millrace.server.site.SiteReport;
import dev.millrace.server.site.SiteTrust;
import dev.millrace.server.site.UpstreamNews;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The relay of a site: reads streams at edges of the main cluster and shows what is signed, to the
 * viewers of its site (docs/adr/0023-relays-read-edges-by-https.md). Call sequence: constructor,
 * {@link #start}, close.
 */
final class GatewayRoom implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GatewayRoom.class);

  private static final Duration CONNECT = Duration.ofSeconds(5);

  private static final long REPORT_S = 5;

  private static final EdgeFacts NOTHING_SERVED =
      new EdgeFacts(0, 0, 0, Map.of(), 0, 0, 0, 0, 0, 0);

  /** For the first news; without any, it starts all the same. */
  private static final long FIRST_NEWS_MS = 4000;

  private final NodeServices node;
  private final HttpClient http;
  private final List<EdgeClient> edges;
  private final List<PartSource> sources;
  private final SourceTally tally = new SourceTally();
  private final UpstreamNews news;
  private final MergedPartSource source;
  private final Optional<MeshRoom> mesh;
  private volatile Optional<ClusterRoom> cluster = Optional.empty();
  private volatile Supplier<EdgeFacts> edgeFacts = () -> NOTHING_SERVED;
  private volatile SiteMap around = SiteMap.NONE;

  /**
   * Finds out who is an edge; nothing is asked yet.
   *
   * @throws dev.millrace.server.config.ConfigException if the site's file cannot be used
   */
  GatewayRoom(NodeServices node, ClusterRoom cluster) {
    this.node = node;
    this.http =
        SiteFile.authority(node.config())
            .client()
            .connectTimeout(CONNECT)
            .executor(node.tasks())
            .build();
    RelayConfig.SiteRelays config = node.config().relay().siteRelays();
    String token = cluster.keys().upstreamToken();
    this.edges =
        config.upstreams().stream()
            // In another order at each relay, so that they share the edges among them.
            .sorted(Comparator.comparingInt(url -> (node.id() + url).hashCode() * 0x9E37_79B9))
            .map(url -> new EdgeClient(url, token, http, node.timer(), node.nanoTime()))
            .toList();
    SignerBook signers = new SignerBook();
    this.news = new UpstreamNews(edges, signers, node.nanoTime());
    this.sources = edges.stream().<PartSource>map(EdgeClient::source).toList();
    this.source =
        new MergedPartSource(
            this::holders,
            (path, holder) -> false,
            news::streams,
            node.nanoTime(),
            node.timer(),
            tally,
            new SiteTrust(sources::contains, signers));
    this.mesh = config.mesh() ? Optional.of(new MeshRoom(node, cluster, source)) : Optional.empty();
  }

  /** Edges, and before them relays of the site that read a log there. */
  private List<PartSource> holders(StreamPath path) {
    List<PartSource> holders = new ArrayList<>();
    mesh.ifPresent(with -> holders.addAll(with.logs().of(path)));
    holders.addAll(sources);
    return holders;
  }

  /** Hears from the edges, once before this returns if they answer, and from then on. */
  void start() {
    try {
      news.ask().get(FIRST_NEWS_MS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      log.debug("the first news are not complete", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    log.info(
        "relay: reads at {}, {} of {} answer, {} streams",
        edges,
        news.answering(),
        edges.size(),
        news.streams().size());
    node.eachSecond("asking edges for news", news::ask);
  }

  /** Tells edges of this relay every 5 s, from now on; after the site's cluster was joined. */
  void joined(ClusterRoom with, Supplier<EdgeFacts> facts) {
    cluster = Optional.of(with);
    edgeFacts = facts;
    mesh.ifPresent(MeshRoom::joined);
    report();
    node.timer().scheduleWithFixedDelay(this::report, REPORT_S, REPORT_S, TimeUnit.SECONDS);
  }

  /** Tells edges of this relay, out of turn too; what they answer is where else players can go. */
  void report() {
    try {
      cluster.map(this::said).ifPresent(report -> edges.forEach(edge -> tell(edge, report)));
    } catch (RuntimeException e) {
      log.error("the report to edges failed", e); // and goes on
    }
  }

  private void tell(EdgeClient edge, SiteReport report) {
    edge.report(report.text())
        .thenApply(SiteMap::parse)
        .whenComplete(
            (map, failure) -> {
              if (failure == null) {
                around = map;
              } else {
                log.debug("{} took no report", edge, failure);
              }
            });
  }

  private SiteReport said(ClusterRoom with) {
    NodeInfo self = with.view().self();
    NodeLoad load = self.load();
    Map<String, Long> counters = new LinkedHashMap<>();
    EdgeFacts facts = edgeFacts.get();
    counters.put("served.bytes", facts.bodyBytes());
    counters.put("served.playlists", facts.playlists());
    counters.put("served.files", facts.mediaFiles());
    counters.put("served.refused", facts.refused());
    counters.put("served.unavailable", facts.unavailable());
    counters.put("streams.followed", (long) source.followed());
    counters.put("edges.answering", (long) news.answering());
    counters.put("edges.bytes", edges.stream().mapToLong(EdgeClient::bytes).sum());
    counters.put("logs.fromEdges", edges.stream().mapToLong(EdgeClient::records).sum());
    counters.put("logs.lost", tally.lost());
    counters.put("logs.refused", tally.refused());
    counters.put("logs.restarted", tally.restarts());
    counters.put("bytes.wrong", tally.mismatches());
    mesh.map(MeshRoom::counters).ifPresent(counters::putAll);
    int viewers = facts.viewers().values().stream().mapToInt(each -> each).sum();
    return new SiteReport(
        self.id(),
        self.name(),
        self.addresses().viewers().orElseThrow(),
        EdgeView.load(load).share(),
        viewers,
        load.bytesOutPerSecond(),
        self.draining(),
        counters);
  }

  /** The nodes that players of this site can load from: this relay, and edges. */
  ClusterFacts facts(ClusterFacts own) {
    List<ClusterNode> nodes = new ArrayList<>(own.nodes());
    nodes.addAll(around.edges());
    return new ClusterFacts(
        own.name(),
        own.self(),
        own.coordinator(),
        own.viewVersion(),
        own.settingsRevision(),
        own.differences(),
        nodes);
  }

  /** All relays of the site; this one among them, also if no edge has heard of it yet. */
  private List<ClusterNode> relays() {
    List<ClusterNode> relays = new ArrayList<>();
    cluster.map(with -> SiteMap.relay(said(with))).ifPresent(relays::add);
    around.relays().stream().filter(each -> !each.id().equals(node.id())).forEach(relays::add);
    return relays;
  }

  /** Logs and pictures: what is signed. */
  MergedPartSource source() {
    return source;
  }

  /** What viewers are shown: what is signed, its parts by way of the site if it has a mesh. */
  PartSource parts() {
    return mesh.<PartSource>map(MeshRoom::source).orElse(source);
  }

  /** What edges say of a stream, as if they were one node. */
  List<StreamCopy> copies(StreamPath path) {
    return news.of(path).stream()
        .map(
            stream ->
                new StreamCopy(
                    "edges",
                    StreamCopy.Kind.ORIGIN,
                    StreamCopy.State.valueOf(stream.state().name()),
                    stream.epoch()))
        .toList();
  }

  /** The streams that edges have. */
  List<StreamPath> streams() {
    return news.streams();
  }

  /** For the HTTP interface. */
  EdgeSite forEdge() {
    return new EdgeSite(this::serves, (path, viewer) -> relays(), List::of);
  }

  private boolean serves(Optional<InetAddress> viewer) {
    List<Subnet> subnets = node.config().relay().siteRelays().subnets();
    return subnets.isEmpty() || viewer.filter(from -> isOf(subnets, from)).isPresent();
  }

  private static boolean isOf(List<Subnet> subnets, InetAddress viewer) {
    return viewer.isLoopbackAddress() || subnets.stream().anyMatch(each -> each.contains(viewer));
  }

  SourceTally tally() {
    return tally;
  }

  /** For other relays of the site. */
  ReadSource readable() {
    return new ForSite(source, news);
  }

  @Override
  public void close() {
    mesh.ifPresent(MeshRoom::close);
    source.close();
    http.shutdownNow();
  }
}
