package dev.millrace.server;

import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.Holding;
import dev.millrace.cluster.placement.Origins;
import dev.millrace.cluster.placement.Placement;
import dev.millrace.cluster.placement.StreamClass;
import dev.millrace.cluster.secret.ClusterKeys;
import dev.millrace.media.live.Epochs;
import dev.millrace.media.live.LiveStreams;
import dev.millrace.media.log.MergedPartSource;
import dev.millrace.origin.Replicas;
import dev.millrace.server.cluster.HolderSources;
import dev.millrace.server.cluster.HoldingNews;
import dev.millrace.server.cluster.PublishersElsewhere;
import dev.millrace.server.cluster.SourceTally;
import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.metrics.ClusterSample;
import dev.millrace.server.metrics.CopyLag;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams of this node and of the others as one: what viewers and copies are read from, who
 * publishes where, and what this node tells of its own. Acts on each view of the cluster.
 */
final class SharedStreams implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SharedStreams.class);

  private final NodeServices node;
  private final ClusterRoom cluster;
  private final OriginRoom origin;
  private final Epochs epochs;
  private final PublishersElsewhere publishers;
  private final HoldingNews news;
  private final SourceTally tally = new SourceTally();
  private final MergedPartSource forViewers;
  private final CopiesRoom copies;
  private volatile Optional<LiveStreams> published = Optional.empty();
  private volatile Placement placement;

  SharedStreams(NodeServices node, ClusterRoom cluster, OriginRoom origin, SettingsRoom settings) {
    this.node = node;
    this.cluster = cluster;
    this.origin = origin;
    this.epochs = new Epochs(node.wall(), node.id());
    this.placement = placement(node.config().origin());
    this.publishers =
        new PublishersElsewhere(
            node.nanoTime(), () -> settings.effective().publish().reconnectWindow());
    this.news = new HoldingNews(cluster::membership);
    HolderSources holders =
        new HolderSources(
            cluster::view, origin.store(), origin.store()::newestEpoch, cluster.others());
    this.forViewers =
        new MergedPartSource(
            holders::forViewers,
            holders::isWriter,
            () -> List.copyOf(cluster.view().streams()),
            node.nanoTime(),
            node.timer(),
            tally,
            cluster
                .signatures()
                .forViewers(origin.store(), !node.config().relay().sites().isEmpty()));
    this.copies = new CopiesRoom(node, origin, cluster, news, holders, () -> placement, tally);
    cluster.onView(this::look);
    settings.onChange(changed -> place(placement(changed.origin())));
    node.eachSecond("looking after copies", copies::sweep);
  }

  private static Placement placement(NodeConfig.Origin set) {
    return new Placement(
        set.classes().stream().map(each -> new StreamClass(each.match(), each.replicas())).toList(),
        set.replicas());
  }

  /** What is published here, from now on. */
  void publish(LiveStreams streams) {
    published = Optional.of(streams);
    streams.onChange(news::published);
  }

  /** Acts on a view; one at a time, on a thread of the cluster's. */
  private synchronized void look(ClusterView view) {
    try {
      view.streams().stream()
          .flatMap(path -> view.holders(path).stream())
          .map(ClusterView.Held::holding)
          .mapToLong(Holding::epoch)
          .forEach(epochs::seen);
      publishers.learn(view);
      published.ifPresent(streams -> publishers.fence(streams, view));
      cluster.others().keep(view);
      forViewers.holdersChanged();
      copies.look(view);
    } catch (RuntimeException e) {
      log.error("a view of the cluster could not be acted on", e);
    }
  }

  /** What all nodes derive from the cluster's secret. */
  ClusterKeys keys() {
    return cluster.keys();
  }

  /** Numbers the sessions that begin here. */
  Epochs epochs() {
    return epochs;
  }

  PublishersElsewhere publishers() {
    return publishers;
  }

  CopiesRoom copies() {
    return copies;
  }

  /** Playlists, media and pictures for viewers, wherever they are. */
  MergedPartSource forViewers() {
    return forViewers;
  }

  /** For metrics. */
  ClusterSample sample() {
    ClusterView view = cluster.view();
    String self = view.self().id();
    List<Holding> holdings = view.holdings(self);
    int ingests =
        (int) holdings.stream().filter(each -> each.kind() == Holding.Kind.INGEST).count();
    int filling =
        (int) holdings.stream().filter(each -> each.state() == Holding.State.FILLING).count();
    return new ClusterSample(
        view.nodes().size(),
        view.version(),
        ingests,
        holdings.size() - ingests,
        filling,
        tally.lost(),
        tally.mismatches(),
        tally.refused(),
        tally.restarts(),
        view.settings(self).revision(),
        lags());
  }

  private List<CopyLag> lags() {
    Instant now = node.wall().instant();
    Stream<CopyLag> copied =
        copies.replicas().stream()
            .map(Replicas.Replica::path)
            .flatMap(
                path ->
                    origin.store().view(path).stream()
                        .flatMap(view -> CopyLag.of(path, "origin", view, now).stream()));
    Stream<CopyLag> watched =
        forViewers.views().entrySet().stream()
            .flatMap(each -> CopyLag.of(each.getKey(), "edge", each.getValue(), now).stream());
    return Stream.concat(copied, watched).toList();
  }

  /** Where copies go from now on. */
  void place(Placement changed) {
    placement = changed;
    copies.sweep();
  }

  Placement placement() {
    return placement;
  }

  /** How many streams are published here, or were and have their last part read here yet. */
  int published() {
    ClusterView view = cluster.view();
    return (int)
        view.holdings(view.self().id()).stream()
            .filter(own -> own.kind() == Holding.Kind.INGEST)
            .filter(own -> own.state() != Holding.State.ENDED)
            .count();
  }

  /** Keeps serving until all that should hold the streams of this node hold them complete. */
  Drain.Part drain() {
    return new Drain.Part(
        () -> {},
        () -> {
          int left = notYetElsewhere();
          return left == 0 ? Optional.empty() : Optional.of(left + " streams to be copied");
        });
  }

  private int notYetElsewhere() {
    ClusterView view = cluster.view();
    String self = view.self().id();
    Origins origins = new Origins(placement, view);
    return (int)
        view.holdings(self).stream()
            .filter(own -> own.state() == Holding.State.LIVE || own.state() == Holding.State.AWAY)
            .filter(own -> !isComplete(view, origins, own))
            .count();
  }

  private static boolean isComplete(ClusterView view, Origins origins, Holding own) {
    return origins.of(own.path()).stream()
        .allMatch(
            node ->
                view.holders(own.path()).stream()
                    .anyMatch(
                        held ->
                            held.node().id().equals(node)
                                && held.holding().state() != Holding.State.FILLING
                                && held.holding().epoch() >= own.epoch()));
  }

  @Override
  public void close() {
    copies.close();
    forViewers.close();
  }
}
