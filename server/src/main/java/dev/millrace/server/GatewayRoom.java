package dev.millrace.server;

import dev.millrace.edge.EdgeSite;
import dev.millrace.edge.StreamCopy;
import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.MergedPartSource;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.PartSource.Following;
import dev.millrace.media.log.Picture;
import dev.millrace.origin.http.ReadSource;
import dev.millrace.relay.swarm.Subnet;
import dev.millrace.server.cluster.SourceTally;
import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.identity.SiteFile;
import dev.millrace.server.site.EdgeClient;
import dev.millrace.server.site.SignerBook;
import dev.millrace.server.site.SiteTrust;
import dev.millrace.server.site.UpstreamNews;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The relay of a site: reads streams at edges of the main cluster and shows what is signed, to the
 * viewers of its site (docs/adr/0023-relays-read-edges-by-https.md). Call sequence: constructor,
 * {@link #start}, close.
 */
final class GatewayRoom implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GatewayRoom.class);

  private static final Duration CONNECT = Duration.ofSeconds(2);

  /** For the first news; without any, it starts all the same. */
  private static final long FIRST_NEWS_MS = 4000;

  private final NodeServices node;
  private final HttpClient http;
  private final List<EdgeClient> edges;
  private final SourceTally tally = new SourceTally();
  private final UpstreamNews news;
  private final MergedPartSource source;

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
    NodeConfig.SiteRelays config = node.config().relay().siteRelays();
    String token = cluster.keys().upstreamToken();
    this.edges =
        config.upstreams().stream()
            // In another order at each relay, so that they share the edges among them.
            .sorted(Comparator.comparingInt(url -> (node.id() + url).hashCode() * 0x9E37_79B9))
            .map(url -> new EdgeClient(url, token, http, node.timer()))
            .toList();
    SignerBook signers = new SignerBook();
    this.news = new UpstreamNews(edges, signers, node.nanoTime());
    List<PartSource> sources = edges.stream().<PartSource>map(EdgeClient::source).toList();
    this.source =
        new MergedPartSource(
            path -> sources,
            (path, holder) -> false,
            news::streams,
            node.nanoTime(),
            node.timer(),
            tally,
            new SiteTrust(sources::contains, signers));
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

  /** What viewers are shown: what is signed. */
  MergedPartSource source() {
    return source;
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
    return new EdgeSite(this::serves, viewer -> List.of());
  }

  private boolean serves(InetAddress viewer) {
    List<Subnet> subnets = node.config().relay().siteRelays().subnets();
    return subnets.isEmpty()
        || viewer.isLoopbackAddress()
        || subnets.stream().anyMatch(each -> each.contains(viewer));
  }

  SourceTally tally() {
    return tally;
  }

  /** For other relays of the site. */
  ReadSource readable() {
    return new Readable();
  }

  @Override
  public void close() {
    source.close();
    http.shutdownNow();
  }

  private final class Readable implements ReadSource {
    @Override
    public Following watch(StreamPath path, LogWatcher watcher) {
      return source.watch(path, watcher);
    }

    @Override
    public boolean isReadable(StreamPath path) {
      return news.of(path).isPresent();
    }

    @Override
    public CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
      return source.bytes(path, rendition, file);
    }

    @Override
    public Optional<Picture> poster(StreamPath path) {
      return source.poster(path);
    }

    @Override
    public List<StreamPath> streams() {
      return news.streams();
    }
  }
}
