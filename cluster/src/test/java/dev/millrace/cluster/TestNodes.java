package dev.millrace.cluster;

import dev.millrace.media.StreamPath;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Nodes for tests. */
public final class TestNodes {
  private TestNodes() {}

  /** A node with all roles but the relay's; the id is its name, too. */
  public static NodeInfo node(String id) {
    return node(id, NodeRole.INGEST, NodeRole.TRANSCODER, NodeRole.ORIGIN, NodeRole.EDGE);
  }

  public static NodeInfo node(String id, NodeRole... roles) {
    return started(id, 1_700_000_000_000L, Set.of(roles));
  }

  public static NodeInfo started(String id, long millis) {
    return started(id, millis, Set.of(NodeRole.ORIGIN));
  }

  static NodeInfo started(String id, long millis, Set<NodeRole> roles) {
    return new NodeInfo(
        id,
        "node-" + id,
        roles,
        "1.2.3",
        1,
        new NodeAddresses(
            URI.create("https://10.0.0.1:7000"),
            Optional.of(URI.create("http://10.0.0.1:8080")),
            Optional.empty()),
        NodeLoad.UNKNOWN,
        false,
        Instant.ofEpochMilli(millis));
  }

  public static Holding ingest(String path, long epoch) {
    return new Holding(
        StreamPath.parse(path), Holding.Kind.INGEST, Holding.State.LIVE, epoch, "key-1");
  }

  public static Holding copy(String path, Holding.State state, long epoch) {
    return new Holding(StreamPath.parse(path), Holding.Kind.ORIGIN, state, epoch, "");
  }
}
