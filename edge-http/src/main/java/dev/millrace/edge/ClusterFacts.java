package dev.millrace.edge;

import java.util.List;
import java.util.Optional;

/**
 * The cluster as this node sees it at one instant. Immutable.
 *
 * @param name of the cluster; empty for a node by itself, which is then the only one in {@code
 *     nodes}
 * @param self id of this node
 * @param coordinator id of the node that speaks first to those who join; for people
 * @param viewVersion counts the changes that this node has seen
 * @param settingsRevision the newest one of the cluster's settings
 * @param differences between the configurations of nodes, ordered by key
 * @param nodes all, this one too, ordered by name
 */
public record ClusterFacts(
    String name,
    String self,
    String coordinator,
    long viewVersion,
    long settingsRevision,
    List<SettingDifference> differences,
    List<ClusterNode> nodes) {

  /** Of a node that nobody told anything. */
  public static final ClusterFacts NONE = new ClusterFacts("", "", "", 0, 0, List.of(), List.of());

  public ClusterFacts {
    differences = List.copyOf(differences);
    nodes = List.copyOf(nodes);
  }

  /** Whether this node is one of a cluster, though it may be the only one now. */
  public boolean isClustered() {
    return !name.isEmpty();
  }

  /** The node of this id, if it is there. */
  public Optional<ClusterNode> node(String id) {
    return nodes.stream().filter(each -> each.id().equals(id)).findFirst();
  }

  /** This node. */
  public Optional<ClusterNode> own() {
    return node(self);
  }
}
