package dev.millrace.server;

import dev.millrace.cluster.secret.NodeCertificate;
import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.PartSource.Following;
import dev.millrace.media.log.Picture;
import dev.millrace.origin.http.ReadSource;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.config.Site;
import dev.millrace.server.internal.InternalConfig;
import dev.millrace.server.internal.InternalConfig.Advertised;
import dev.millrace.server.internal.InternalServer;
import dev.millrace.server.internal.InternalTls;
import dev.millrace.server.internal.SiteRoute;
import dev.millrace.server.site.SiteNews;
import dev.millrace.server.site.SiteTokens;
import dev.millrace.server.site.SiteTraffic;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
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

  private final NodeServices node;
  private final ClusterRoom cluster;
  private final SharedStreams shared;
  private final EdgeRoom edge;
  private final SiteTokens tokens;
  private final Map<String, SiteTraffic> traffic = new LinkedHashMap<>();
  private final InternalServer server;
  private int port;

  SiteRoom(NodeServices node, ClusterRoom cluster, SharedStreams shared, EdgeRoom edge) {
    this.node = node;
    this.cluster = cluster;
    this.shared = shared;
    this.edge = edge;
    NodeConfig.Relay relay = node.config().relay();
    List<String> names = relay.sites().stream().map(Site::name).toList();
    this.tokens = new SiteTokens(cluster.keys(), names);
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
            List.of(new SiteRoute(new Desk(), new Readable())));
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
    public boolean begin(String site) {
      return traffic(site).begin();
    }

    @Override
    public void end(String site, long bytesSent) {
      traffic(site).end(bytesSent);
    }

    @Override
    public String news() {
      return SiteNews.of(cluster.view(), cluster.signatures().book().all()).text();
    }

    @Override
    public String report(String site, String text) {
      return "";
    }

    private SiteTraffic traffic(String site) {
      return Objects.requireNonNull(traffic.get(site));
    }
  }

  /** What relays read: what viewers of this edge are shown. */
  private final class Readable implements ReadSource {
    @Override
    public Following watch(StreamPath path, LogWatcher watcher) {
      return shared.forViewers().watch(path, watcher);
    }

    @Override
    public boolean isReadable(StreamPath path) {
      return !cluster.view().holders(path).isEmpty();
    }

    @Override
    public CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
      return edge.bytes(path, rendition, file);
    }

    @Override
    public Optional<Picture> poster(StreamPath path) {
      return shared.forViewers().poster(path);
    }

    @Override
    public List<StreamPath> streams() {
      return new ArrayList<>(cluster.view().streams());
    }
  }
}
