package dev.millrace.cluster.placement;

import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.NodeInfo;
import dev.millrace.cluster.NodeRole;
import dev.millrace.media.StreamPath;
import java.util.ArrayList;
import java.util.List;

/** The origins of many streams in one view. Immutable; any thread. */
public final class Origins {
  private final Placement placement;
  private final List<NodeInfo> nodes = new ArrayList<>();
  private final long[] hashes;

  public Origins(Placement placement, ClusterView view) {
    this.placement = placement;
    for (NodeInfo node : view.nodes()) {
      if (node.offers(NodeRole.ORIGIN)) {
        nodes.add(node);
      }
    }
    hashes = nodes.stream().mapToLong(node -> Rendezvous.hash(node.id())).toArray();
  }

  /** What {@link Placement#origins} says: a few, so picking each in turn beats sorting all. */
  public List<NodeInfo> of(StreamPath path) {
    int count = Math.min(placement.replicas(path), nodes.size());
    long key = Rendezvous.hash(path.toString());
    boolean[] taken = new boolean[nodes.size()];
    List<NodeInfo> chosen = new ArrayList<>(count);
    while (chosen.size() < count) {
      int best = -1;
      long bestScore = 0;
      for (int i = 0; i < hashes.length; i++) {
        if (taken[i]) {
          continue;
        }
        long score = Rendezvous.score(key, hashes[i]);
        int order = best < 0 ? 1 : Long.compareUnsigned(score, bestScore);
        if (order > 0 || (order == 0 && nodes.get(i).id().compareTo(nodes.get(best).id()) < 0)) {
          best = i;
          bestScore = score;
        }
      }
      taken[best] = true;
      chosen.add(nodes.get(best));
    }
    return List.copyOf(chosen);
  }
}
