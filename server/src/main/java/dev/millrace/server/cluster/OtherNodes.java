package dev.millrace.server.cluster;

import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.NodeInfo;
import dev.millrace.media.log.PartSource;
import java.net.URI;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The other nodes as sources of streams: one source for each, as long as it is there. Any thread.
 */
public final class OtherNodes {
  private final Function<NodeInfo, PartSource> open;
  private final ConcurrentHashMap<String, Opened> sources = new ConcurrentHashMap<>();

  /** A node that started again may be at another port. */
  private record Opened(URI address, PartSource source) {}

  /**
   * @param open makes the source of a node; does not connect yet
   */
  public OtherNodes(Function<NodeInfo, PartSource> open) {
    this.open = open;
  }

  /** The source of a node; the same object as before while the node is at the same address. */
  public PartSource of(NodeInfo node) {
    URI address = node.addresses().internal();
    Opened known =
        sources.compute(
            node.id(),
            (id, before) ->
                before != null && before.address.equals(address)
                    ? before
                    : new Opened(address, open.apply(node)));
    return known.source;
  }

  /** Forgets the nodes that are gone. */
  public void keep(ClusterView view) {
    sources.keySet().removeIf(id -> view.node(id).isEmpty());
  }
}
