package dev.millrace.server;

import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.Holding;
import dev.millrace.cluster.NodeRole;
import dev.millrace.cluster.placement.Copies;
import dev.millrace.cluster.placement.Placement;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.MergedPartSource;
import dev.millrace.media.log.SourceEvents;
import dev.millrace.media.log.StreamView;
import dev.millrace.origin.Replicas;
import dev.millrace.server.cluster.HolderSources;
import dev.millrace.server.cluster.HoldingNews;
import dev.millrace.server.cluster.LogEnds;
import dev.millrace.transcoder.packager.Adoptions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node has of streams that other nodes have too: copies for the cluster, and what it
 * takes up from others when their publisher comes here.
 */
final class CopiesRoom implements Adoptions, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CopiesRoom.class);

  /**
   * How long frames of a publisher may wait for the past of its stream; well below what may queue.
   * A second is enough on a machine with time to spare; to begin anew because it took longer would
   * cost every viewer a jump in the numbers.
   */
  private static final Duration ADOPTION = Duration.ofSeconds(8);

  /** How long a node that drains waits for copies where its publishers are to go. */
  private static final Duration PREPARATION = Duration.ofSeconds(8);

  /** How long they are kept there for a publisher that takes its time. */
  private static final Duration EXPECTED = Duration.ofSeconds(30);

  private final NodeServices node;
  private final OriginRoom origin;
  private final ClusterRoom cluster;
  private final HoldingNews news;
  private final Supplier<Placement> placement;
  private final boolean keepsCopies;
  private final MergedPartSource source;
  private final Replicas replicas;
  private final Copies copies = new Copies();
  private final NodeCalls calls;

  /** What will be published here soon, and until when that is believed; {@code nanoTime}. */
  private final Map<StreamPath, Long> expected = new ConcurrentHashMap<>();

  CopiesRoom(
      NodeServices node,
      OriginRoom origin,
      ClusterRoom cluster,
      HoldingNews news,
      HolderSources sources,
      Supplier<Placement> placement,
      SourceEvents events) {
    this.node = node;
    this.origin = origin;
    this.cluster = cluster;
    this.news = news;
    this.placement = placement;
    this.calls = new NodeCalls(cluster);
    this.keepsCopies = node.config().roles().contains(NodeRole.ORIGIN);
    this.source =
        new MergedPartSource(
            sources::forCopies,
            (path, holder) -> false,
            () -> List.copyOf(cluster.view().streams()),
            node.nanoTime(),
            node.timer(),
            events,
            cluster.signatures().forCopies());
    this.replicas =
        new Replicas(
            origin.store(),
            source,
            path -> cluster.view().ingest(path).isPresent(),
            node.config().publish().reconnectWindow(),
            node.tasks(),
            node.nanoTime(),
            news::copied);
  }

  /** Takes a new view; one at a time. */
  void look(ClusterView view) {
    source.holdersChanged();
    keep(view);
  }

  /** Looks again without a new view: copies that are spare are let go after a while. */
  void sweep() {
    keep(cluster.view());
    news.sweep(Set.copyOf(origin.store().streams()), replicas.replicas());
  }

  private synchronized void keep(ClusterView view) {
    long now = node.nanoTime().getAsLong();
    Set<StreamPath> wanted = new HashSet<>();
    if (keepsCopies) {
      wanted.addAll(copies.toKeep(view, placement.get(), now));
    }
    expected.values().removeIf(until -> now - until >= 0);
    wanted.addAll(expected.keySet());
    // A publisher who just came goes on with this copy: it is his as soon as he takes it up.
    replicas.replicas().stream()
        .map(Replicas.Replica::path)
        .filter(path -> isIngestedHere(view, path))
        .forEach(wanted::add);
    replicas.want(wanted);
  }

  private static boolean isIngestedHere(ClusterView view, StreamPath path) {
    return view.holdings(view.self().id()).stream()
        .anyMatch(holding -> holding.kind() == Holding.Kind.INGEST && holding.path().equals(path));
  }

  /**
   * Gets copies of streams whose publishers are about to come here, so that they are gone on with
   * at once. Waits until they are there, but not for long.
   */
  void prepare(List<StreamPath> paths) {
    long begun = node.nanoTime().getAsLong();
    paths.forEach(path -> expected.put(path, begun + EXPECTED.toNanos()));
    keep(cluster.view());
    try {
      for (StreamPath path : paths) {
        long left = begun + PREPARATION.toNanos() - node.nanoTime().getAsLong();
        if (left <= 0 || !replicas.awaitComplete(path, Duration.ofNanos(left))) {
          log.atInfo().addKeyValue("stream", path).log("is to come here, and is not yet copied");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Optional<Left> adopt(StreamPath path, long epoch) {
    boolean known =
        cluster.view().holders(path).stream()
            .anyMatch(
                held ->
                    held.holding().state() != Holding.State.ENDED
                        && !(held.holding().kind() == Holding.Kind.INGEST
                            && held.node().id().equals(node.id())));
    if (!known) {
      replicas.own(path);
      return Optional.empty();
    }
    try {
      long begun = node.nanoTime().getAsLong();
      Optional<LogEnds> end = stopBefore(path, epoch);
      Optional<StreamView> past =
          replicas.adopt(path, ADOPTION, view -> end.isEmpty() || end.get().areIn(view));
      boolean handedOver = end.isPresent() && past.filter(end.get()::areIn).isPresent();
      log.atInfo()
          .addKeyValue("stream", path)
          .log(
              past.isEmpty()
                  ? "nobody has its past in reach"
                  : "taken up from other nodes in {} ms{}",
              (node.nanoTime().getAsLong() - begun) / 1_000_000,
              handedOver ? ", whole" : "");
      return past.map(view -> new Left(view, handedOver));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /**
   * Has the node that wrote the stream until now put out what it has yet, and stop: where its log
   * ends. Empty if it cannot be asked.
   */
  private Optional<LogEnds> stopBefore(StreamPath path, long epoch) {
    Optional<ClusterView.Held> before =
        cluster.view().holders(path).stream()
            .filter(held -> held.holding().kind() == Holding.Kind.INGEST)
            .filter(held -> !held.node().id().equals(node.id()))
            .filter(held -> held.holding().state() != Holding.State.ENDED)
            .findFirst();
    try {
      return before.map(
          held -> calls.stop(held.node().id(), path, epoch).toCompletableFuture().join());
    } catch (CompletionException e) {
      log.atInfo()
          .addKeyValue("stream", path)
          .log(
              "node {} did not say where it stopped: {}",
              before.map(held -> held.node().name()).orElse(""),
              String.valueOf(e.getCause()));
      return Optional.empty();
    }
  }

  /** The packager of a path is done with it. */
  void release(StreamPath path) {
    replicas.release(path);
  }

  /** Copies that are kept here. */
  List<Replicas.Replica> replicas() {
    return replicas.replicas();
  }

  @Override
  public void close() {
    replicas.close();
    source.close();
  }
}
