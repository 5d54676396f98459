package dev.millrace.server;

import dev.millrace.cluster.NodeInfo;
import dev.millrace.edge.ClusterAdmin;
import dev.millrace.edge.EdgeCluster;
import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.server.cluster.EdgeView;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** What an edge tells of the cluster, and what operators may do through it. Any thread. */
final class ClusterDesk {
  private final NodeServices node;
  private final ClusterRoom cluster;
  private final NodeCalls calls;
  private final SettingsRoom settings;
  private final Consumer<Optional<Duration>> drainHere;
  private final byte[] adminToken;

  /**
   * @param drainHere begins to drain this node, in this time if one is given, and returns
   */
  ClusterDesk(
      NodeServices node,
      ClusterRoom cluster,
      SettingsRoom settings,
      Consumer<Optional<Duration>> drainHere) {
    this.node = node;
    this.cluster = cluster;
    this.calls = new NodeCalls(cluster);
    this.settings = settings;
    this.drainHere = drainHere;
    this.adminToken = cluster.keys().adminToken().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * For the edge of this node.
   *
   * @param gateway where streams come from at the relay of a site, whose cluster has none
   */
  EdgeCluster forEdge(Optional<GatewayRoom> gateway) {
    EdgeView view = new EdgeView(cluster.name(), cluster::view);
    return new EdgeCluster(
        () -> gateway.map(from -> from.facts(view.facts())).orElseGet(view::facts),
        () ->
            gateway
                .map(GatewayRoom::streams)
                .<Set<StreamPath>>map(Set::copyOf)
                .orElseGet(view::streams),
        path -> gateway.map(from -> from.copies(path)).orElseGet(() -> view.copies(path)),
        calls::report,
        cluster.keys().sign(Bytes.utf8("viewers")).s64(0),
        node.config().cluster().steeringTtl(),
        admin());
  }

  private ClusterAdmin admin() {
    return new ClusterAdmin(
        token -> MessageDigest.isEqual(adminToken, token.getBytes(StandardCharsets.UTF_8)),
        this::drain,
        settings::current,
        settings::change,
        settings::history,
        settings::rollback);
  }

  private CompletionStage<Void> drain(String idOrName, Optional<Duration> deadline) {
    Optional<NodeInfo> found = calls.find(idOrName);
    if (found.isEmpty()) {
      return CompletableFuture.failedFuture(
          new NoSuchElementException("there is no node " + idOrName));
    }
    if (found.get().id().equals(node.id())) {
      drainHere.accept(deadline);
      return CompletableFuture.completedFuture(null);
    }
    return calls.drain(found.get().id(), deadline);
  }
}
