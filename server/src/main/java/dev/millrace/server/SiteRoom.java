package dev.millrace.server;

import dev.millrace.cluster.Topics;
import dev.millrace.cluster.secret.NodeCertificate;
import dev.millrace.edge.ClusterNode;
import dev.millrace.edge.EdgeSite;
import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.origin.http.ReadSource;
import dev.millrace.relay.swarm.Sites;
import dev.millrace.relay.swarm.Subnet;
import dev.millrace.server.cluster.EdgeView;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.RelayConfig;
import dev.millrace.server.config.Site;
import dev.millrace.server.internal.InternalConfig;
import dev.millrace.server.internal.InternalConfig.Advertised;
import dev.millrace.server.internal.InternalServer;
import dev.millrace.server.internal.InternalTls;
import dev.millrace.server.internal.SiteRoute;
import dev.millrace.server.site.SiteMap;
import dev.millrace.server.site.SiteNews;
import dev.millrace.server.site.SiteRegistry;
import dev.millrace.server.site.SiteReport;
import dev.millrace.server.site.SiteTokens;
import dev.millrace.server.site.SiteTraffic;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An edge's door for the relays of sites (docs/adr/0023-relays-read-edges-by-https.md): HTTPS on a
 * port of its own, read-only, by way of the edge's merged logs and its cache. Call sequence:
 * constructor, {@link #start}, close.
 */
final class SiteRoom implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SiteRoom.class);

  private static final int MAX_CONNECTIONS = 4096;

  /** Of messages between edges: the name of a site, and below it the report of a relay. */
  private static final int TOPIC = 2;

  private final NodeServices node;
  private final ClusterRoom cluster;
  private final SharedStreams shared;
  private final Media media;
  private final SiteTokens tokens;
  private final Sites subnets;
  private final SiteRegistry registry;
  private final EdgeView view;
  private final Map<String, SiteTraffic> traffic = new LinkedHashMap<>();
  private final InternalServer server;
  private volatile Optional<Topics> topics = Optional.empty();
  private int port;

  /** Bytes by name, from where viewers have them. */
  interface Media {
    CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file);
  }

  SiteRoom(NodeServices node, ClusterRoom cluster, SharedStreams shared, Media media) {
    this.node = node;
    this.cluster = cluster;
    this.shared = shared;
    this.media = media;
    RelayConfig relay = node.config().relay();
    List<String> names = relay.sites().stream().map(Site::name).toList();
    this.tokens = new SiteTokens(cluster.keys(), names);
    this.subnets =
        new Sites(relay.sites().stream().collect(Collectors.toMap(Site::name, Site::subnets)));
    this.registry = new SiteRegistry(names, node.nanoTime());
    this.view = new EdgeView(cluster.name(), cluster::view);
    long bandwidth = relay.siteRelays().bandwidthBps();
    names.forEach(name -> traffic.put(name, new SiteTraffic(bandwidth, node.nanoTime())));
    NodeCertificate certificate = certificate();
    this.server =
        new InternalServer(
            new InternalConfig(
                node.config().http().host(),
                relay.siteRelays().port(),
                Advertised.AS_BOUND,
                Optional.of(new InternalTls(certificate.certificatePem(), certificate.keyPem())),
                InternalConfig.DEFAULT.eventLoops(),
                MAX_CONNECTIONS,
                InternalConfig.DEFAULT.idleTimeout(),
                InternalConfig.DEFAULT.loopWarning()),
            authorization -> tokens.siteOf(authorization).isPresent(),
            List.of(new SiteRoute(new Desk(), sources(names))));
  }

  private Map<String, ReadSource> sources(List<String> sites) {
    return sites.stream()
        .collect(
            Collectors.toMap(
                site -> site,
                site -> new ForRelays(cluster, shared, media, path -> mayRead(site, path))));
  }

  private boolean mayRead(String site, StreamPath path) {
    return node.config().relay().siteRelays().streams().mayRead(site, path);
  }

  /** Of the main cluster's authority, with the names by which relays may call this edge. */
  private NodeCertificate certificate() {
    if (node.config().cluster().certificates().isPresent()) {
      return cluster.nodeCertificate();
    }
    Set<String> hosts = new LinkedHashSet<>(List.of(cluster.address()));
    node.config().http().publicUrl().map(URI::getHost).ifPresent(hosts::add);
    hosts.add(node.config().basis().host().name());
    hosts.addAll(Greeting.hosts(node.config().http().host()));
    return NodeCertificate.issue(
        cluster.keys().authority(), node.name(), List.copyOf(hosts), node.wall().instant());
  }

  /**
   * Listens.
   *
   * @throws ConfigException if it cannot
   */
  void start() {
    try {
      port = server.start().getPort();
    } catch (IOException e) {
      throw new ConfigException(
          "relay.site-port "
              + node.config().relay().siteRelays().port()
              + " cannot be opened: "
              + e.getMessage());
    }
    log.info("relays of the sites {} are served at port {}", traffic.keySet(), port);
  }

  /** Hears what relays told other edges; after the cluster was joined. */
  void joined() {
    cluster.group().listen(TOPIC, (from, message) -> heard(message.utf8()));
    topics = Optional.of(cluster.group());
  }

  private void heard(String message) {
    int end = message.indexOf('\n');
    try {
      registry.hear(message.substring(0, Math.max(0, end)), SiteReport.parse(message));
    } catch (ProtocolException e) {
      log.debug("a report that another edge passed on is none", e);
    }
  }

  /** For the HTTP interface. */
  EdgeSite forEdge() {
    return new EdgeSite(viewer -> true, this::relays, this::facts);
  }

  private List<ClusterNode> relays(Optional<StreamPath> path, InetAddress viewer) {
    return subnets
        .of(viewer)
        .filter(site -> path.isEmpty() || mayRead(site, path.get()))
        .map(this::relays)
        .orElse(List.of());
  }

  private List<ClusterNode> relays(String site) {
    return registry.relays(site).stream().map(each -> SiteMap.relay(each.report())).toList();
  }

  /** The sites and their relays. */
  List<EdgeSite.Site> facts() {
    return node.config().relay().sites().stream().map(this::facts).toList();
  }

  private EdgeSite.Site facts(Site site) {
    long now = node.nanoTime().getAsLong();
    SiteTraffic.Count here = Objects.requireNonNull(traffic.get(site.name())).count();
    return new EdgeSite.Site(
        site.name(),
        site.subnets().stream().map(Subnet::toString).toList(),
        registry.relays(site.name()).stream().map(each -> facts(each, now)).toList(),
        Map.of(
            "open", (long) here.open(),
            "requests", here.requests(),
            "bytes", here.bytes(),
            "refused", here.refused()));
  }

  private static EdgeSite.Relay facts(SiteRegistry.Heard heard, long nowNanos) {
    SiteReport report = heard.report();
    return new EdgeSite.Relay(
        report.id(),
        report.name(),
        report.url(),
        report.share(),
        report.viewers(),
        report.bytesPerSecond(),
        report.draining(),
        TimeUnit.NANOSECONDS.toMillis(nowNanos - heard.atNanos()),
        report.counters());
  }

  /** What was bound; after {@link #start}. */
  int port() {
    return port;
  }

  @Override
  public void close() {
    server.close();
  }

  private final class Desk implements SiteRoute.Desk {
    @Override
    public Optional<String> siteOf(String authorization) {
      return tokens.siteOf(authorization);
    }

    @Override
    public boolean begin(String site, boolean media) {
      return traffic(site).begin(media);
    }

    @Override
    public void sent(String site, long bytes) {
      traffic(site).sent(bytes);
    }

    @Override
    public void end(String site) {
      traffic(site).end();
    }

    @Override
    public String news(String site) {
      return SiteNews.of(
              cluster.view(), path -> mayRead(site, path), cluster.signatures().book().all())
          .text();
    }

    @Override
    public String report(String site, String text) {
      registry.hear(site, SiteReport.parse(text));
      topics.ifPresent(to -> to.broadcast(TOPIC, Bytes.utf8(site + "\n" + text)));
      return new SiteMap(
              view.facts().nodes().stream().filter(each -> each.roles().contains("edge")).toList(),
              relays(site))
          .text();
    }

    private SiteTraffic traffic(String site) {
      return Objects.requireNonNull(traffic.get(site));
    }
  }
}
