package dev.millrace.cluster.placement;

import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.ClusterView.Held;
import dev.millrace.cluster.Holding;
import dev.millrace.media.StreamPath;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which streams this node must hold a copy of. A copy moves at no cost to viewers: the new place
 * fills first, and the old one lets go only when all that should hold the stream hold it complete,
 * and have for a while, so that readers have learned of them. One thread at a time; to be asked at
 * each new view and every second.
 */
public final class Copies {
  /** How long the copies elsewhere are complete before the one here is let go. */
  public static final Duration LINGER = Duration.ofSeconds(10);

  /** Streams whose copy here is needed no more, and since when; {@code nanoTime}. */
  private final Map<StreamPath, Long> spareSince = new HashMap<>();

  /**
   * Whether this node should hold a stream, as far as it was asked: to hash ten thousand paths with
   * every origin for every view would cost more than all else. Good for {@link #ranking} only.
   */
  private final Map<StreamPath, Boolean> mine = new HashMap<>();

  private Ranking ranking = new Ranking("", Placement.STANDARD, Set.of());

  /** What the answers depend on beside the path. */
  private record Ranking(String self, Placement placement, Set<String> origins) {}

  /**
   * The streams whose copy this node must have now.
   *
   * <ul>
   *   <li>Not those that are published here: that log is this node's own.
   *   <li>A stream that this node should hold ({@link Placement#origins}) is filled as long as it
   *       is published or a complete copy of it is live or away. One that has ended is not filled
   *       anew, but kept where it is complete: whoever has it forgets it in time by itself, and two
   *       nodes do not keep it, or an empty copy of it, alive for each other.
   *   <li>A copy that should be elsewhere is kept until all that should hold the stream hold it
   *       complete, of the same or a newer epoch, for {@link #LINGER} without a break; for ever
   *       where nobody offers to hold it.
   * </ul>
   *
   * @param nanoTime monotonic
   */
  public Set<StreamPath> toKeep(ClusterView view, Placement placement, long nanoTime) {
    Origins origins = new Origins(placement, view);
    String self = view.self().id();
    Ranking now = new Ranking(self, placement, origins.ids());
    if (!now.equals(ranking) || mine.size() > 2 * view.streams().size() + 100) {
      mine.clear();
      ranking = now;
    }
    Set<StreamPath> keep = new HashSet<>();
    for (StreamPath path : view.streams()) {
      if (mine.computeIfAbsent(path, any -> origins.of(any).contains(self))
          && keepsOwn(view.holders(path), self)) {
        keep.add(path);
      }
    }
    Map<StreamPath, Long> spare = new HashMap<>();
    for (Holding holding : view.holdings(self)) {
      StreamPath path = holding.path();
      if (holding.kind() == Holding.Kind.ORIGIN
          && !mine.getOrDefault(path, false)
          && keepsForOthers(path, view, origins.of(path), nanoTime, spare)) {
        keep.add(path);
      }
    }
    spareSince.clear();
    spareSince.putAll(spare);
    return keep;
  }

  private static boolean keepsOwn(List<Held> holders, String self) {
    return !holds(holders, self, Holding.Kind.INGEST)
        && (worthFilling(holders) || ended(holders, self));
  }

  private boolean keepsForOthers(
      StreamPath path,
      ClusterView view,
      List<String> wanted,
      long nanoTime,
      Map<StreamPath, Long> spare) {
    List<Held> holders = view.holders(path);
    String self = view.self().id();
    return keepsOwn(holders, self) && !isSpare(path, holders, wanted, self, nanoTime, spare);
  }

  private boolean isSpare(
      StreamPath path,
      List<Held> holders,
      List<String> wanted,
      String self,
      long nanoTime,
      Map<StreamPath, Long> spare) {
    if (wanted.isEmpty() || !complete(holders, wanted, epochHere(holders, self))) {
      return false;
    }
    long since = spareSince.getOrDefault(path, nanoTime);
    spare.put(path, since);
    return nanoTime - since >= LINGER.toNanos();
  }

  private static long epochHere(List<Held> holders, String self) {
    return holders.stream()
        .filter(held -> held.node().id().equals(self))
        .mapToLong(held -> held.holding().epoch())
        .max()
        .orElse(Long.MIN_VALUE);
  }

  private static boolean complete(List<Held> holders, List<String> wanted, long epoch) {
    return wanted.stream()
        .allMatch(
            id ->
                holders.stream()
                    .anyMatch(
                        held ->
                            held.node().id().equals(id)
                                && held.holding().state() != Holding.State.FILLING
                                && held.holding().epoch() >= epoch));
  }

  private static boolean worthFilling(List<Held> holders) {
    return holders.stream()
        .map(Held::holding)
        .anyMatch(
            holding ->
                switch (holding.state()) {
                  case LIVE, AWAY -> true;
                  case FILLING -> holding.kind() == Holding.Kind.INGEST;
                  case ENDED -> false;
                });
  }

  private static boolean ended(List<Held> holders, String nodeId) {
    return holders.stream()
        .anyMatch(
            held ->
                held.holding().state() == Holding.State.ENDED && held.node().id().equals(nodeId));
  }

  private static boolean holds(List<Held> holders, String nodeId, Holding.Kind kind) {
    return holders.stream()
        .anyMatch(held -> held.holding().kind() == kind && held.node().id().equals(nodeId));
  }
}
