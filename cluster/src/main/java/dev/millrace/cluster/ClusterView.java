package dev.millrace.cluster;

import dev.millrace.media.StreamPath;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The cluster as one node sees it at one instant. Immutable; any thread. */
public interface ClusterView {
  /** A stream that a node has. */
  record Held(NodeInfo node, Holding holding) {}

  /** Counts the changes that this node has seen. */
  long version();

  NodeInfo self();

  /** The node that speaks first to those who join; for people. */
  String coordinatorId();

  /** All nodes, this one too, ordered by name. */
  List<NodeInfo> nodes();

  Optional<NodeInfo> node(String id);

  /** Paths that at least one node has. */
  Set<StreamPath> streams();

  /**
   * Who has a stream, in the order in which to ask them: the ingest of the newest epoch, complete
   * copies, newest epoch first, ingests of older epochs, what is being filled; ties by node id.
   */
  List<Held> holders(StreamPath path);

  /** The ingest node of the newest epoch. */
  default Optional<Held> ingest(StreamPath path) {
    return holders(path).stream()
        .filter(held -> held.holding().kind() == Holding.Kind.INGEST)
        .findFirst();
  }

  /** What a node has. */
  List<Holding> holdings(String nodeId);

  /** How far a node is with the settings of the whole cluster. */
  NodeSettings settings(String nodeId);
}
