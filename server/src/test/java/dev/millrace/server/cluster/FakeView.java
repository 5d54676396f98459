package dev.millrace.server.cluster;

import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.Holding;
import dev.millrace.cluster.Holding.Kind;
import dev.millrace.cluster.Holding.State;
import dev.millrace.cluster.NodeAddresses;
import dev.millrace.cluster.NodeInfo;
import dev.millrace.cluster.NodeLoad;
import dev.millrace.cluster.NodeRole;
import dev.millrace.cluster.NodeSettings;
import dev.millrace.media.StreamPath;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A view that a test writes down: this node is {@code self}. */
final class FakeView implements ClusterView {
  static final StreamPath PATH = new StreamPath("live", "main");

  private final List<Held> held = new ArrayList<>();
  private final List<NodeInfo> nodes = new ArrayList<>(List.of(nodeOf("self")));

  static NodeInfo nodeOf(String id) {
    return new NodeInfo(
        id,
        "name-" + id,
        Set.of(NodeRole.ORIGIN, NodeRole.EDGE),
        "1",
        1,
        new NodeAddresses(
            URI.create("https://" + id + ":7900"), Optional.empty(), Optional.empty()),
        NodeLoad.UNKNOWN,
        false,
        Instant.EPOCH);
  }

  FakeView with(String id) {
    if (found(nodes, id).isEmpty()) {
      nodes.add(nodeOf(id));
    }
    return this;
  }

  FakeView ingest(String id, State state, long epoch, String owner) {
    return holds(id, new Holding(PATH, Kind.INGEST, state, epoch, owner));
  }

  FakeView copy(String id, State state, long epoch) {
    return holds(id, new Holding(PATH, Kind.ORIGIN, state, epoch, ""));
  }

  private FakeView holds(String id, Holding holding) {
    with(id);
    held.add(new Held(found(nodes, id).orElseThrow(), holding));
    return this;
  }

  private static Optional<NodeInfo> found(List<NodeInfo> nodes, String id) {
    return nodes.stream().filter(node -> node.id().equals(id)).findFirst();
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
    return "self";
  }

  @Override
  public List<NodeInfo> nodes() {
    return nodes;
  }

  @Override
  public Optional<NodeInfo> node(String id) {
    return found(nodes, id);
  }

  @Override
  public Set<StreamPath> streams() {
    Set<StreamPath> paths = new TreeSet<>();
    held.forEach(each -> paths.add(each.holding().path()));
    return paths;
  }

  @Override
  public List<Held> holders(StreamPath path) {
    return held.stream()
        .filter(each -> each.holding().path().equals(path))
        .sorted(Comparator.comparing((Held each) -> each.holding().kind()))
        .toList();
  }

  @Override
  public List<Holding> holdings(String nodeId) {
    return held.stream()
        .filter(each -> each.node().id().equals(nodeId))
        .map(Held::holding)
        .toList();
  }

  @Override
  public NodeSettings settings(String nodeId) {
    return NodeSettings.NONE;
  }
}
