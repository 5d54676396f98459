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
import dev.millrace.transcoder.packager.Adoptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

  private final NodeServices node;
  private final OriginRoom origin;
  private final ClusterRoom cluster;
  private final HoldingNews news;
  private final Supplier<Placement> placement;
  private final boolean keepsCopies;
  private final MergedPartSource source;
  private final Replicas replicas;
  private final Copies copies = new Copies();

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
    this.keepsCopies = node.config().roles().contains(NodeRole.ORIGIN);
    this.source =
        new MergedPartSource(
            sources::forCopies,
            () -> List.copyOf(cluster.view().streams()),
            node.nanoTime(),
            node.timer(),
            events);
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
    if (keepsCopies) {
      replicas.want(copies.toKeep(view, placement.get(), node.nanoTime().getAsLong()));
    }
  }

  @Override
  public Optional<StreamView> adopt(StreamPath path) {
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
      Optional<StreamView> past = replicas.adopt(path, ADOPTION);
      log.atInfo()
          .addKeyValue("stream", path)
          .log(past.isPresent() ? "taken up from other nodes" : "nobody has its past in reach");
      return past;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
