package dev.millrace.cluster.placement;

import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.NodeInfo;
import dev.millrace.cluster.NodeLoad;
import dev.millrace.cluster.NodeRole;
import dev.millrace.media.StreamPath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Orders nodes by what they measured of themselves. */
final class Capacity {
  /**
   * What a core of an edge is good for: a gigabit a second and the playlist requests of some
   * thousand players. Only the relation of nodes to each other depends on it.
   */
  private static final double BYTES_PER_CORE = 125e6;

  private static final double VIEWERS_PER_CORE = 4000;

  /** What an edge with nothing to spare still counts, so that some order remains among such. */
  private static final double LEAST = 0.01;

  /** Nodes whose free cores are within the same step below the best are as good as each other. */
  private static final double STEP_CORES = 1;

  private Capacity() {}

  /**
   * Nodes that take a worker more: by free cores in steps of one below the best, this node first
   * where it is within a step of it (the frames need not travel), then spread by the stream, so
   * that nodes that choose at the same time do not all choose the same.
   */
  static List<NodeInfo> transcoders(StreamPath path, ClusterView view) {
    List<NodeInfo> able = new ArrayList<>();
    double best = 0;
    for (NodeInfo node : Rendezvous.ranked(path.toString(), view.nodes())) {
      if (node.offers(NodeRole.TRANSCODER) && node.load().workers() < node.load().maxWorkers()) {
        able.add(node);
        best = Math.max(best, node.load().freeCores());
      }
    }
    double most = best;
    able.sort(Comparator.comparingInt(node -> stepsBelow(most, node, view.self())));
    return List.copyOf(able);
  }

  private static int stepsBelow(double most, NodeInfo node, NodeInfo self) {
    int steps = (int) ((most - node.load().freeCores()) / STEP_CORES);
    return steps == 0 && node.id().equals(self.id()) ? -1 : steps;
  }

  static List<NodeInfo> edges(ClusterView view) {
    return offering(view).stream()
        .sorted(
            Comparator.comparingDouble((NodeInfo edge) -> -headroom(edge.load()))
                .thenComparing(NodeInfo::id))
        .toList();
  }

  /**
   * Weighted rendezvous: with u even in (0, 1) from the score, the order of -ln(u) / weight chooses
   * each edge first with a probability of its weight's share. The weight is the square of what is
   * free, so that an edge at half its load takes a quarter of an idle one's clients.
   */
  static List<NodeInfo> edges(String client, ClusterView view) {
    List<NodeInfo> edges = offering(view);
    Map<String, Double> draw = new HashMap<>();
    for (NodeInfo edge : edges) {
      double u = ((Rendezvous.score(client, edge.id()) >>> 11) + 0.5) * 0x1p-53;
      double free = headroom(edge.load());
      draw.put(edge.id(), -Math.log(u) / (free * free));
    }
    return edges.stream()
        .sorted(
            Comparator.comparingDouble((NodeInfo edge) -> draw.getOrDefault(edge.id(), 0.0))
                .thenComparing(NodeInfo::id))
        .toList();
  }

  /** What part of an edge is free, by whatever is scarcest. */
  private static double headroom(NodeLoad load) {
    double cores = Math.max(1, load.cores());
    double used =
        Math.max(
            load.busyCores() / cores,
            Math.max(
                load.bytesOutPerSecond() / (cores * BYTES_PER_CORE),
                load.viewers() / (cores * VIEWERS_PER_CORE)));
    return Math.max(LEAST, 1 - used);
  }

  private static List<NodeInfo> offering(ClusterView view) {
    return view.nodes().stream().filter(node -> node.offers(NodeRole.EDGE)).toList();
  }
}
