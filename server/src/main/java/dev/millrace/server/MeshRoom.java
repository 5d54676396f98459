package dev.millrace.server;

import dev.millrace.cluster.NodeInfo;
import dev.millrace.cluster.secret.NodeCertificate;
import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.MergedPartSource;
import dev.millrace.media.log.PartSource;
import dev.millrace.relay.mesh.Accusation;
import dev.millrace.relay.mesh.Frame;
import dev.millrace.relay.mesh.Mesh;
import dev.millrace.relay.mesh.MeshHost;
import dev.millrace.relay.mesh.MeshSettings;
import dev.millrace.relay.mesh.MeshSnapshot;
import dev.millrace.relay.mesh.Multicast;
import dev.millrace.relay.mesh.SiteMesh;
import dev.millrace.relay.mesh.SiteRelay;
import dev.millrace.relay.mesh.tls.TlsTransport;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.site.MeshNews;
import dev.millrace.server.site.MeshSource;
import dev.millrace.server.site.MeshStreams;
import dev.millrace.server.site.MeshThread;
import dev.millrace.server.site.SiteLogs;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A relay's place in the mesh of its site (docs/reference/relay-protocol.md): the connections to
 * the other relays of its cluster, and its streams' parts by way of them. Call sequence:
 * constructor, {@link #joined}, close.
 */
final class MeshRoom implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MeshRoom.class);

  /** Of messages among relays: {@link MeshNews}. */
  private static final int TOPIC = 3;

  /** Where {@code http.bandwidth} says nothing: what a relay in a LAN can give. */
  private static final long UPLINK_KBIT = 1_000_000;

  private final NodeServices node;
  private final ClusterRoom cluster;
  private final SiteRelay self;
  private final MeshThread thread;
  private final Optional<MeshMulticast> multicast;
  private final Mesh mesh;
  private final MeshStreams streams;
  private final MeshSource source;
  private final MergedPartSource merged;
  private final SiteLogs logs;
  private final TlsTransport transport;
  private final Map<String, MeshNews> said = new ConcurrentHashMap<>();
  private volatile List<Accusation> accused = List.of();
  private volatile MeshSnapshot snapshot;

  /**
   * Takes the port.
   *
   * @param merged the streams as edges tell them, what is signed only
   * @throws ConfigException if the port cannot be had
   */
  MeshRoom(NodeServices node, ClusterRoom cluster, MergedPartSource merged) {
    this.node = node;
    this.cluster = cluster;
    long bandwidth = node.config().http().bandwidthBps() / 1000;
    this.self = new SiteRelay(SiteRelay.idOf(node.id()), bandwidth == 0 ? UPLINK_KBIT : bandwidth);
    this.thread = new MeshThread(node.nanoTime());
    String site = cluster.name().substring(cluster.name().indexOf('-') + 1);
    Random random = new Random(new SecureRandom().nextLong());
    this.multicast =
        node.config()
            .relay()
            .siteRelays()
            .group()
            .map(group -> new MeshMulticast(node, group, cluster.keys(), self, thread, random));
    this.mesh =
        new SiteMesh(
            self,
            MeshSettings.of(site),
            thread,
            random,
            (path, rendition, file) -> merged.bytes(path, rendition, file).toCompletableFuture(),
            new Host(),
            multicast.<Multicast>map(MeshMulticast::cast).orElse(Multicast.NONE));
    this.merged = merged;
    this.logs = new SiteLogs(self, node.config().relay().siteRelays().logReaders(), this::reading);
    this.streams = new MeshStreams(merged, thread, mesh);
    this.source = new MeshSource(merged, mesh, thread);
    this.snapshot = mesh.snapshot();
    this.transport = open(site);
  }

  private TlsTransport open(String site) {
    NodeCertificate certificate =
        NodeCertificate.issue(
            cluster.keys().authority(),
            node.id(),
            List.of(cluster.address()),
            node.wall().instant());
    try {
      return new TlsTransport(
          certificate.sslContext(),
          new Frame.Hello(
              multicast.isPresent(),
              self.uplinkKbit(),
              multicast.map(MeshMulticast::port).orElse(0),
              self.id(),
              site),
          mesh,
          thread,
          () -> node.wall().instant().toEpochMilli(),
          node.tasks(),
          new InetSocketAddress(cluster.address(), 0));
    } catch (IOException e) {
      throw new ConfigException(
          "no port for other relays can be opened at " + cluster.address() + ": " + e.getMessage());
    }
  }

  /** Lets others in and looks for them; after the site's cluster was joined. */
  void joined() {
    cluster.group().listen(TOPIC, this::heard);
    transport.serve();
    multicast.ifPresent(it -> it.start(node));
    node.eachSecond("looking after the mesh", this::look);
    log.info("mesh at {}:{}", cluster.address(), transport.port());
  }

  private void heard(String from, Bytes message) {
    try {
      MeshNews news = MeshNews.parse(message.utf8());
      said.put(from, news);
      if (!news.accused().isEmpty()) {
        thread.execute(() -> mesh.accused(SiteRelay.idOf(from), news.accused()));
      }
    } catch (ProtocolException e) {
      log.debug("{} said no port: {}", from, e.getMessage());
    }
  }

  private void tell() {
    MeshNews news = new MeshNews(transport.port(), self.uplinkKbit(), accused);
    cluster.group().broadcast(TOPIC, Bytes.utf8(news.text()));
  }

  private void look() {
    tell();
    List<SiteRelay> relays = new ArrayList<>(List.of(self));
    for (NodeInfo other : cluster.view().nodes()) {
      MeshNews about = said.get(other.id());
      if (about != null && !other.id().equals(node.id()) && !other.draining()) {
        relays.add(new SiteRelay(SiteRelay.idOf(other.id()), about.uplinkKbit()));
      }
    }
    said.keySet().removeIf(id -> cluster.view().node(id).isEmpty());
    if (logs.site(relays)) {
      merged.holdersChanged();
    }
    thread.execute(
        () -> {
          mesh.site(relays);
          source.sweep();
          multicast.ifPresent(MeshMulticast::look);
          snapshot = mesh.snapshot();
        });
  }

  private Optional<NodeInfo> find(Bytes relay) {
    return cluster.view().nodes().stream()
        .filter(each -> SiteRelay.idOf(each.id()).equals(relay))
        .findFirst();
  }

  private Optional<PartSource> reading(Bytes relay) {
    return find(relay).map(cluster.others()::of);
  }

  /** Logs that are read at other relays. */
  SiteLogs logs() {
    return logs;
  }

  /** Parts by way of the site. */
  MeshSource source() {
    return source;
  }

  /** For reports. */
  Map<String, Long> counters() {
    MeshSnapshot now = snapshot;
    Map<String, Long> counters = new LinkedHashMap<>();
    counters.put("mesh.peers", (long) now.peers().size());
    counters.put("mesh.bans", (long) now.bans().size());
    counters.put("mesh.parts", now.objects());
    counters.put("mesh.complete", now.complete());
    counters.put("mesh.late", now.late());
    counters.put("mesh.expired", now.expired());
    counters.put("mesh.edgeParts", now.edgeParts());
    counters.put("mesh.edgeBytes", now.edgeBytes());
    counters.put("mesh.fed", now.fed());
    counters.put("mesh.hedged", now.hedged());
    counters.put("mesh.fallback", now.fallback());
    counters.put("mesh.asked", now.asked());
    counters.put("mesh.cancelled", now.cancelled());
    counters.put("mesh.chunksIn", now.chunksIn());
    counters.put("mesh.repaired", now.repaired());
    counters.put("mesh.duplicates", now.duplicates());
    counters.put("mesh.chunksOut", now.chunksOut());
    counters.put("mesh.leftOut", now.leftOut());
    counters.put("mesh.refused", now.refused());
    counters.put("mesh.malformed", now.malformed());
    counters.put("mesh.blames", now.blames());
    counters.put("logs.fromRelays", logs.records());
    multicast.ifPresent(it -> counters.putAll(it.counters()));
    return counters;
  }

  @Override
  public void close() {
    transport.close();
    thread.execute(mesh::close);
    thread.execute(streams::close);
    thread.close();
    multicast.ifPresent(MeshMulticast::close);
  }

  private final class Host implements MeshHost {
    @Override
    public void connect(Bytes peer) {
      Optional<InetSocketAddress> address = find(peer).flatMap(this::addressOf);
      address.ifPresentOrElse(
          at -> transport.connect(peer, at),
          () -> thread.execute(() -> mesh.unreachable(peer, Optional.empty())));
    }

    private Optional<InetSocketAddress> addressOf(NodeInfo relay) {
      return Optional.ofNullable(said.get(relay.id()))
          .map(
              about ->
                  InetSocketAddress.createUnresolved(
                      relay.addresses().internal().getHost(), about.port()));
    }

    @Override
    public void follow(StreamPath path) {
      streams.follow(path);
    }

    @Override
    public void unfollow(StreamPath path) {
      streams.unfollow(path);
    }

    @Override
    public void accuse(List<Accusation> all) {
      if (!all.isEmpty()) {
        log.atWarn()
            .addKeyValue("peer", all.getFirst().peer().hex())
            .log("a relay sent what it must not; it is not used for 10 s");
      }
      accused = all;
      tell();
    }

    @Override
    public void banned(Bytes peer, String why) {
      log.atWarn().addKeyValue("peer", peer.hex()).log("a relay is shut out for 10 min: {}", why);
    }
  }
}
