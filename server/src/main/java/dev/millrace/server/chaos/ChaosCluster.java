package dev.millrace.server.chaos;

import dev.millrace.cluster.secret.ClusterKeys;
import dev.millrace.cluster.secret.ClusterSecret;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** The nodes, what is done to them, and whether they have got over it. One thread. */
final class ChaosCluster implements AutoCloseable {
  private static final int COPIES = 2;
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration RECOVERY = Duration.ofSeconds(60);
  private static final Duration HANDOVER = Duration.ofSeconds(60);
  private static final Duration KILL = Duration.ofSeconds(10);
  private static final long LOOK_MS = 100;

  private final String name;
  private final String secret;
  private final ClusterKeys keys;
  private final ClusterEye eye;
  private final List<ChaosNode> nodes = new ArrayList<>();

  ChaosCluster(String name) {
    this.name = name;
    ClusterSecret made = ClusterSecret.generate();
    this.secret = made.text();
    this.keys = made.keys(name);
    this.eye = new ClusterEye(keys.adminToken());
  }

  /**
   * Starts so many nodes, the first one before the others.
   *
   * @throws IOException if one does not get ready or does not find the others
   */
  void start(int count, Path folder) throws IOException, InterruptedException {
    for (int i = 0; i < count; i++) {
      String node = "n" + (i + 1);
      nodes.add(new ChaosNode(node, ChaosPlan.roles(i), folder.resolve(node)));
    }
    for (ChaosNode node : nodes) {
      start(node);
    }
    for (ChaosNode edge : having("edge")) {
      if (!await(START, () -> eye.nodes(edge) == nodes.size())) {
        throw new IOException(edge.name() + " does not see all nodes, see " + edge.log());
      }
    }
  }

  private void start(ChaosNode node) throws IOException, InterruptedException {
    List<String> others = nodes.stream().filter(ChaosNode::isAlive).map(ChaosNode::seed).toList();
    node.start(name, secret, others);
  }

  /** What lets others in. */
  ClusterKeys keys() {
    return keys;
  }

  List<ChaosNode> nodes() {
    return nodes;
  }

  /** The nodes of a role. */
  List<ChaosNode> having(String role) {
    return nodes.stream().filter(node -> node.has(role)).toList();
  }

  /** Waits until every edge can play a stream {@code live/NAME}; false if that does not come. */
  boolean awaitPlayable(String stream) throws InterruptedException {
    for (ChaosNode edge : having("edge")) {
      if (!await(START, () -> eye.plays(edge, stream))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Waits until every edge sees all nodes, and each stream is whole on as many as it shall be.
   *
   * @return what is missing; empty if nothing is
   */
  String awaitWhole(List<String> streams) throws InterruptedException {
    for (ChaosNode edge : having("edge")) {
      if (!await(RECOVERY, () -> eye.nodes(edge) == nodes.size())) {
        return edge.name() + " does not see all nodes";
      }
      if (!await(RECOVERY, () -> eye.redundant(edge, streams, COPIES))) {
        return edge.name() + " does not see " + COPIES + " copies of each stream";
      }
    }
    return "";
  }

  /**
   * Does it, and sees to it that the node runs again.
   *
   * @throws IOException if the node does not end or does not get ready again
   */
  void hit(ChaosAction action) throws IOException, InterruptedException {
    ChaosNode node = nodes.get(action.node());
    switch (action.kind()) {
      case KILL -> node.signal("KILL");
      case RESTART -> node.signal("TERM");
      case DRAIN -> {
        if (!eye.drain(otherEdge(node), node)) {
          throw new IOException("the order to drain " + node.name() + " was refused");
        }
      }
      case PAUSE -> {
        node.signal("STOP");
        try {
          TimeUnit.NANOSECONDS.sleep(action.length().toNanos());
        } finally {
          node.signal("CONT");
        }
        return;
      }
    }
    if (!node.awaitExit(action.kind() == ChaosAction.Kind.KILL ? KILL : HANDOVER)) {
      throw new IOException(node.name() + " does not end, see " + node.log());
    }
    start(node);
  }

  private ChaosNode otherEdge(ChaosNode node) {
    return having("edge").stream().filter(edge -> edge != node).findFirst().orElseThrow();
  }

  /** Whether the condition holds within the time. */
  static boolean await(Duration atMost, Callable<Boolean> condition) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!holds(condition)) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(LOOK_MS);
    }
    return true;
  }

  private static boolean holds(Callable<Boolean> condition) throws InterruptedException {
    try {
      return condition.call();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    nodes.forEach(ChaosNode::close);
    eye.close();
  }
}
