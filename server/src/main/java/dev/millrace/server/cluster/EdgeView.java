package dev.millrace.server.cluster;

import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.Holding;
import dev.millrace.cluster.NodeInfo;
import dev.millrace.cluster.NodeLoad;
import dev.millrace.cluster.NodeRole;
import dev.millrace.edge.ClusterFacts;
import dev.millrace.edge.ClusterNode;
import dev.millrace.edge.StreamCopy;
import dev.millrace.media.StreamPath;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The cluster's view in the words of the edge, which knows nothing of clusters. Any thread. */
public final class EdgeView {
  private final String clusterName;
  private final Supplier<ClusterView> view;
  private volatile Shown shown = new Shown(-1, ClusterFacts.NONE);

  private record Shown(long version, ClusterFacts facts) {}

  public EdgeView(String clusterName, Supplier<ClusterView> view) {
    this.clusterName = clusterName;
    this.view = view;
  }

  /** The nodes; the same object as before while nothing changed. */
  public ClusterFacts facts() {
    ClusterView now = view.get();
    Shown before = shown;
    if (before.version == now.version()) {
      return before.facts;
    }
    List<ClusterNode> nodes = now.nodes().stream().map(node -> node(now, node)).toList();
    long newest = nodes.stream().mapToLong(ClusterNode::settingsRevision).max().orElse(0);
    ClusterFacts facts =
        new ClusterFacts(
            clusterName,
            now.self().id(),
            now.coordinatorId(),
            now.version(),
            newest,
            Differences.of(now),
            nodes);
    shown = new Shown(now.version(), facts);
    return facts;
  }

  public Set<StreamPath> streams() {
    return view.get().streams();
  }

  /** Who has a stream, ingest first. */
  public List<StreamCopy> copies(StreamPath path) {
    return view.get().holders(path).stream()
        .map(
            held ->
                new StreamCopy(
                    held.node().id(),
                    StreamCopy.Kind.valueOf(held.holding().kind().name()),
                    StreamCopy.State.valueOf(held.holding().state().name()),
                    held.holding().epoch()))
        .toList();
  }

  private static ClusterNode node(ClusterView view, NodeInfo node) {
    List<Holding> holdings = view.holdings(node.id());
    return new ClusterNode(
        node.id(),
        node.name(),
        roles(node.roles()),
        node.version(),
        node.protocol(),
        node.addresses().internal(),
        node.addresses().viewers(),
        node.addresses().publishers(),
        load(node.load()),
        node.draining(),
        node.startedAt(),
        view.settings(node.id()).revision(),
        view.settings(node.id()).error(),
        count(holdings, Holding.Kind.INGEST),
        count(holdings, Holding.Kind.ORIGIN));
  }

  private static Set<String> roles(Set<NodeRole> roles) {
    return roles.stream()
        .map(role -> role.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** How busy a node is. */
  public static ClusterNode.Load load(NodeLoad load) {
    return new ClusterNode.Load(
        load.cores(),
        load.busyCores(),
        load.bytesOutPerSecond(),
        load.maxBytesOutPerSecond(),
        load.viewers(),
        load.workers(),
        load.maxWorkers());
  }

  private static int count(List<Holding> holdings, Holding.Kind kind) {
    return (int) holdings.stream().filter(holding -> holding.kind() == kind).count();
  }
}
