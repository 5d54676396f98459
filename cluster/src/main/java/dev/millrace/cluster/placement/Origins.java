package dev.millrace.cluster.placement;

import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.NodeInfo;
import dev.millrace.cluster.NodeRole;
import dev.millrace.media.StreamPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The origins of many streams in one view, by the ids of nodes. Immutable; any thread. */
public final class Origins {
  private final Placement placement;
  private final List<String> ids = new ArrayList<>();
  private final long[] hashes;

  public Origins(Placement placement, ClusterView view) {
    this.placement = placement;
    for (NodeInfo node : view.nodes()) {
      if (node.offers(NodeRole.ORIGIN)) {
        ids.add(node.id());
      }
    }
    hashes = ids.stream().mapToLong(Rendezvous::hash).toArray();
  }

  /** All nodes that offer to hold streams. */
  Set<String> ids() {
    return Set.copyOf(ids);
  }

  /** What {@link Placement#origins} says: a few, so picking each in turn beats sorting all. */
  public List<String> of(StreamPath path) {
    int count = Math.min(placement.replicas(path), ids.size());
    long key = Rendezvous.hash(path.toString());
    boolean[] taken = new boolean[ids.size()];
    List<String> chosen = new ArrayList<>(count);
    while (chosen.size() < count) {
      int best = -1;
      long bestScore = 0;
      for (int i = 0; i < hashes.length; i++) {
        if (taken[i]) {
          continue;
        }
        long score = Rendezvous.score(key, hashes[i]);
        int order = best < 0 ? 1 : Long.compareUnsigned(score, bestScore);
        if (order > 0 || (order == 0 && ids.get(i).compareTo(ids.get(best)) < 0)) {
          best = i;
          bestScore = score;
        }
      }
      taken[best] = true;
      chosen.add(ids.get(best));
    }
    return List.copyOf(chosen);
  }
}
