package dev.millrace.cluster.placement;

import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.NodeInfo;
import dev.millrace.cluster.NodeRole;
import dev.millrace.media.StreamPath;
import java.util.List;

/**
 * Which nodes do what for a stream: a function of the view and of these few numbers, the same on
 * every node that has the same view. Immutable; any thread.
 *
 * @param classes the first one that matches a path says how many copies it gets
 * @param replicas copies of all other streams
 */
public record Placement(List<StreamClass> classes, int replicas) {
  /** Two copies of each stream. */
  public static final Placement STANDARD = new Placement(List.of(), 2);

  /**
   * @throws IllegalArgumentException if there would be no copy
   */
  public Placement {
    classes = List.copyOf(classes);
    if (replicas < 1) {
      throw new IllegalArgumentException("replicas " + replicas + ", must be at least 1");
    }
  }

  /** How many copies a stream should have, where there are so many origins. */
  public int replicas(StreamPath path) {
    for (StreamClass each : classes) {
      if (each.matches(path)) {
        return each.replicas();
      }
    }
    return replicas;
  }

  /**
   * The nodes that should hold the stream, by {@link Rendezvous} of its path: {@link #replicas} of
   * those that offer {@link NodeRole#ORIGIN}, or all of them if they are fewer. For many streams of
   * one view {@link Origins} is faster.
   */
  public List<NodeInfo> origins(StreamPath path, ClusterView view) {
    return new Origins(this, view).of(path).stream().flatMap(id -> view.node(id).stream()).toList();
  }

  /** Where a worker of the stream may be started, the best node first. */
  public List<NodeInfo> transcoders(StreamPath path, ClusterView view) {
    return Capacity.transcoders(path, view);
  }

  /** The edges, the least loaded first, for people and as a last resort. */
  public List<NodeInfo> edges(ClusterView view) {
    return Capacity.edges(view);
  }

  /**
   * The edges in the order in which one client should try them. Clients are spread by what each
   * edge has to spare, and a client's order changes only as far as the loads do, so that neither a
   * new edge nor one that was idle for a moment draws all clients at once.
   *
   * @param client any text that stays the same for a client
   */
  public List<NodeInfo> edges(String client, ClusterView view) {
    return Capacity.edges(client, view);
  }
}
