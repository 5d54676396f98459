package dev.millrace.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who has one stream, in the order in which others should ask them: the ingest of the newest epoch,
 * where the log is written; then complete copies, newest epoch first; then ingests of older epochs,
 * which are about to let go; then what is being filled. Ties go by node id, so that the order is
 * the same on every node.
 */
final class Holders {
  /** The node's id and not its info, because that changes far more often than what it has. */
  record Holder(String nodeId, Holding holding) {}

  private Holders() {}

  /**
   * The holders with one of them changed.
   *
   * @param holding null to take it away
   */
  static List<Holder> with(
      @Nullable List<Holder> before, String nodeId, Holding.Kind kind, @Nullable Holding holding) {
    List<Holder> after = new ArrayList<>(4);
    if (before != null) {
      for (Holder holder : before) {
        if (holder.holding().kind() != kind || !holder.nodeId().equals(nodeId)) {
          after.add(holder);
        }
      }
    }
    if (holding != null) {
      after.add(new Holder(nodeId, holding));
    }
    return sorted(after);
  }

  /** The holders without those of a node. */
  static List<Holder> without(List<Holder> before, String nodeId) {
    List<Holder> after = new ArrayList<>(before);
    after.removeIf(holder -> holder.nodeId().equals(nodeId));
    return sorted(after);
  }

  private static List<Holder> sorted(List<Holder> holders) {
    if (holders.size() > 1) {
      long newest = newestIngest(holders);
      holders.sort(
          Comparator.comparingInt((Holder holder) -> rank(holder.holding(), newest))
              .thenComparing(Comparator.comparingLong(Holders::epoch).reversed())
              .thenComparing(Holder::nodeId)
              .thenComparing(holder -> holder.holding().kind()));
    }
    return List.copyOf(holders);
  }

  private static int rank(Holding holding, long newestIngest) {
    boolean ingest = holding.kind() == Holding.Kind.INGEST;
    if (ingest && holding.epoch() == newestIngest) {
      return 0;
    }
    if (holding.state() == Holding.State.FILLING) {
      return 3;
    }
    return ingest ? 2 : 1;
  }

  private static long newestIngest(List<Holder> holders) {
    long newest = Long.MIN_VALUE;
    for (Holder holder : holders) {
      if (holder.holding().kind() == Holding.Kind.INGEST) {
        newest = Math.max(newest, holder.holding().epoch());
      }
    }
    return newest;
  }

  private static long epoch(Holder holder) {
    return holder.holding().epoch();
  }
}
