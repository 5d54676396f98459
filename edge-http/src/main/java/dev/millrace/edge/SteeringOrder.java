package dev.millrace.edge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * In which order a player is to prefer the edges: the one it is at, as long as that is good; then
 * the others, least loaded first, where those about equal are spread over the players. A pure
 * function of its arguments, so that whichever edge is asked gives about the same answer.
 *
 * <p>A player leaves its edge when that drains or is gone, and when it is crowded: then only so
 * many leave as bring it down to the average, chosen by hash, so that the same ones are chosen
 * again when they ask again, and no swarm moves to and fro between two edges.
 */
final class SteeringOrder {
  /** Edges within this of the least loaded one count as equal to it. */
  static final double EQUAL = 0.15;

  /** Below this no edge is crowded, whatever the others do: a move costs the viewer more. */
  static final double CROWDED = 0.7;

  /** A crowded edge is left only if another one has this much less to do. */
  static final double CLEARLY = 0.25;

  private SteeringOrder() {}

  /**
   * An edge that is there.
   *
   * @param load share of its capacity in use, from 0
   */
  record Edge(String id, double load, boolean draining) {}

  /**
   * The ids of all edges, best first; draining ones last.
   *
   * @param present where the player is; empty or of an edge that is gone if it must move anyway
   * @param player a hash of it
   */
  static List<String> of(List<Edge> edges, String present, long player) {
    List<Edge> open = new ArrayList<>(edges.stream().filter(each -> !each.draining).toList());
    double least = open.stream().mapToDouble(Edge::load).min().orElse(0);
    Comparator<Edge> byLoad = Comparator.comparingDouble(each -> beyond(each, least));
    open.sort(
        byLoad.thenComparing(
            Comparator.comparingDouble((Edge each) -> share(player, each.id)).reversed()));
    Optional<Edge> stays =
        open.stream()
            .filter(each -> each.id.equals(present))
            .filter(each -> !leaves(each, open, least, player))
            .findFirst();
    stays.ifPresent(
        edge -> {
          open.remove(edge);
          open.addFirst(edge);
        });
    List<Edge> all = new ArrayList<>(open);
    edges.stream()
        .filter(Edge::draining)
        .sorted(Comparator.comparing((Edge each) -> !each.id.equals(present)))
        .forEach(all::add);
    return all.stream().map(Edge::id).toList();
  }

  /** By how much an edge has more to do than those that count as least loaded. */
  private static double beyond(Edge edge, double least) {
    double more = edge.load - least;
    return more <= EQUAL ? 0 : more;
  }

  private static boolean leaves(Edge edge, List<Edge> open, double least, long player) {
    if (edge.load < CROWDED || edge.load - least < CLEARLY) {
      return false;
    }
    double average = open.stream().mapToDouble(Edge::load).average().orElse(edge.load);
    return share(player, edge.id + " leaves") < (edge.load - average) / edge.load;
  }

  /** A number from 0 to 1 that belongs to a player and a word, and looks random. */
  private static double share(long player, String word) {
    return (ViewerIdentity.mix(player, word) >>> 11) / 0x1p53;
  }
}
