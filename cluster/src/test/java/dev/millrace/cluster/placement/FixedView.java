package dev.millrace.cluster.placement;

import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.Holding;
import dev.millrace.cluster.NodeInfo;
import dev.millrace.cluster.NodeSettings;
import dev.millrace.media.StreamPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A view as a test wants it; the first node is this one. */
final class FixedView implements ClusterView {
  private final List<NodeInfo> nodes;
  private final Map<StreamPath, List<Held>> held = new HashMap<>();

  FixedView(List<NodeInfo> nodes) {
    this.nodes = List.copyOf(nodes);
  }

  /** The same with a stream more that the node has. */
  FixedView with(String nodeId, Holding holding) {
    FixedView more = new FixedView(nodes);
    more.held.putAll(held);
    List<Held> all = new ArrayList<>(held.getOrDefault(holding.path(), List.of()));
    all.removeIf(
        each -> each.node().id().equals(nodeId) && each.holding().kind() == holding.kind());
    all.add(new Held(node(nodeId).orElseThrow(), holding));
    more.held.put(holding.path(), all);
    return more;
  }

  @Override
  public long version() {
    return 1;
  }

  @Override
  public NodeInfo self() {
    return nodes.getFirst();
  }

  @Override
  public String coordinatorId() {
    return self().id();
  }

  @Override
  public List<NodeInfo> nodes() {
    return nodes;
  }

  @Override
  public Optional<NodeInfo> node(String id) {
    return nodes.stream().filter(node -> node.id().equals(id)).findFirst();
  }

  @Override
  public Set<StreamPath> streams() {
    return held.keySet();
  }

  @Override
  public List<Held> holders(StreamPath path) {
    return held.getOrDefault(path, List.of());
  }

  @Override
  public List<Holding> holdings(String nodeId) {
    return held.values().stream()
        .flatMap(List::stream)
        .filter(each -> each.node().id().equals(nodeId))
        .map(Held::holding)
        .toList();
  }

  @Override
  public NodeSettings settings(String nodeId) {
    return NodeSettings.NONE;
  }
}
