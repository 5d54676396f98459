package dev.millrace.server.chaos;

import dev.millrace.cluster.secret.ClusterKeys;
import dev.millrace.cluster.secret.ClusterSecret;
import dev.millrace.server.hosts.Half;
import dev.millrace.server.hosts.VirtualHosts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The nodes, what is done to them, and whether they have got over it. One thread, but {@link
 * #close}.
 */
final class ChaosCluster implements AutoCloseable {
  private static final int COPIES = 2;
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration RECOVERY = Duration.ofSeconds(60);
  private static final Duration HANDOVER = Duration.ofSeconds(60);
  private static final Duration KILL = Duration.ofSeconds(10);
  private static final long LOOK_MS = 100;

  private final String name;
  private final String secret;
  private final ClusterKeys keys;
  private final ClusterEye eye;
  private final Optional<VirtualHosts> network;
  private final List<ChaosNode> nodes = new CopyOnWriteArrayList<>();
  private boolean closed;

  /**
   * @param network where the nodes are to be, which it closes; on loopback if empty, and then there
   *     are no cuts
   */
  ChaosCluster(String name, Optional<VirtualHosts> network) {
    this.name = name;
    this.network = network;
    ClusterSecret made = ClusterSecret.generate();
    this.secret = made.text();
    this.keys = made.keys(name);
    this.eye = new ClusterEye(keys.adminToken());
  }

  /**
   * Starts so many nodes, the first one before the others, which start together.
   *
   * @throws IOException if one does not get ready or does not find the others
   */
  void start(int count, Path folder) throws IOException, InterruptedException {
    for (int i = 0; i < count; i++) {
      String node = "n" + (i + 1);
      int number = i;
      nodes.add(
          new ChaosNode(
              node,
              ChaosPlan.roles(i),
              network.map(each -> each.add(ChaosPlan.half(number))),
              folder.resolve(node)));
    }
    start(nodes.getFirst());
    startAll(nodes.subList(1, nodes.size()));
    for (ChaosNode edge : having("edge")) {
      if (!await(START, () -> eye.nodes(edge) == nodes.size())) {
        throw new IOException(edge.name() + " does not see all nodes, see " + edge.log());
      }
    }
  }

  private void startAll(List<ChaosNode> together) throws IOException, InterruptedException {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Void>> starts =
          executor.invokeAll(
              together.stream()
                  .<Callable<Void>>map(
                      node ->
                          () -> {
                            start(node);
                            return null;
                          })
                  .toList());
      for (Future<Void> each : starts) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e);
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

  /** The edges in a half of the network. */
  List<ChaosNode> edges(Half half) {
    return having("edge").stream()
        .filter(node -> ChaosPlan.half(nodes.indexOf(node)) == half)
        .toList();
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

  /** Whether this can be done here. */
  boolean can(ChaosAction action) {
    return action.kind() != ChaosAction.Kind.CUT || network.isPresent();
  }

  /**
   * Does it, and sees to it that all nodes run again and reach each other.
   *
   * @param move sends publishers to the other half
   * @throws IOException if the node does not end or does not get ready again
   */
  void hit(ChaosAction action, Runnable move) throws IOException, InterruptedException {
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
      case CUT -> {
        cut(action, move);
        return;
      }
    }
    if (!node.awaitExit(action.kind() == ChaosAction.Kind.KILL ? KILL : HANDOVER)) {
      throw new IOException(node.name() + " does not end, see " + node.log());
    }
    start(node);
  }

  private void cut(ChaosAction action, Runnable move) throws InterruptedException {
    long halfNanos = action.length().toNanos() / 2;
    network(VirtualHosts::cut);
    try {
      TimeUnit.NANOSECONDS.sleep(halfNanos);
      if (action.moving()) {
        move.run();
      }
      TimeUnit.NANOSECONDS.sleep(halfNanos);
    } finally {
      network(VirtualHosts::heal);
    }
  }

  private synchronized void network(Consumer<VirtualHosts> change) {
    if (!closed) {
      network.ifPresent(change);
    }
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

  /** Ends all processes, and removes the network. Any thread. */
  @Override
  public synchronized void close() {
    nodes.forEach(ChaosNode::close);
    network(VirtualHosts::close);
    closed = true;
    eye.close();
  }
}
