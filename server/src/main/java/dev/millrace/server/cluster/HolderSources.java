package dev.millrace.server.cluster;

import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.ClusterView.Held;
import dev.millrace.cluster.Holding;
import dev.millrace.cluster.Holding.State;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.PartSource;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Who has a stream, as sources in the order in which to ask them, from the newest view. Any thread;
 * answers from memory.
 */
public final class HolderSources {
  private final Supplier<ClusterView> view;
  private final PartSource own;
  private final ToLongFunction<StreamPath> ownEpoch;
  private final OtherNodes others;

  /**
   * @param own this node's store
   * @param ownEpoch of the newest session that the store has of a stream; 0 if it has none
   */
  public HolderSources(
      Supplier<ClusterView> view,
      PartSource own,
      ToLongFunction<StreamPath> ownEpoch,
      OtherNodes others) {
    this.view = view;
    this.own = own;
    this.ownEpoch = ownEpoch;
    this.others = others;
  }

  /**
   * For viewers: what is here; then complete copies of the newest session, in another order at each
   * edge so that they share the edges among them; then where it is published, whose network belongs
   * to the publisher and to the copies; then what may lack something.
   */
  public List<PartSource> forViewers(StreamPath path) {
    ClusterView now = view.get();
    List<Held> holders = now.holders(path);
    long newest = holders.stream().mapToLong(held -> held.holding().epoch()).max().orElse(0);
    String self = now.self().id();
    return holders.stream()
        .sorted(
            Comparator.<Held>comparingInt(held -> rank(held, newest, self))
                .thenComparingInt(held -> spread(self, held)))
        .map(held -> source(held, self))
        .distinct()
        .toList();
  }

  /**
   * For copies: all others, where it is published first, and next where it was published before:
   * that node may have the last part of a session that went on elsewhere, which nobody else has.
   */
  public List<PartSource> forCopies(StreamPath path) {
    ClusterView now = view.get();
    String self = now.self().id();
    return now.holders(path).stream()
        .filter(held -> !held.node().id().equals(self))
        .sorted(Comparator.comparing(held -> held.holding().kind() != Holding.Kind.INGEST))
        .map(held -> source(held, self))
        .distinct()
        .toList();
  }

  /**
   * Whether another node is where a stream is written now, so that what only it has may be lost
   * with it. This node's own store counts as safe: its viewers are lost with it, too.
   */
  public boolean isWriter(StreamPath path, PartSource holder) {
    ClusterView now = view.get();
    String self = now.self().id();
    return now.holders(path).stream()
        .filter(held -> held.holding().kind() == Holding.Kind.INGEST)
        .filter(held -> !held.node().id().equals(self))
        .anyMatch(held -> source(held, self).equals(holder));
  }

  private PartSource source(Held held, String self) {
    return held.node().id().equals(self) ? own : others.of(held.node());
  }

  private int rank(Held held, long newest, String self) {
    Holding holding = held.holding();
    boolean here = held.node().id().equals(self);
    // That a publisher came here is told before the past of its stream is taken up.
    if (here && ownEpoch.applyAsLong(holding.path()) < holding.epoch()) {
      return 4;
    }
    if (holding.epoch() < newest || holding.state() == State.FILLING) {
      return 3;
    }
    if (here) {
      return 0;
    }
    return holding.kind() == Holding.Kind.ORIGIN ? 1 : 2;
  }

  private static int spread(String self, Held held) {
    return (self + held.node().id()).hashCode() * 0x9E37_79B9;
  }
}
