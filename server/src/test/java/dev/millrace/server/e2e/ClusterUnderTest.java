package dev.millrace.server.e2e;

import dev.millrace.server.hosts.VirtualHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Real nodes, each a process with a data folder and ports of its own, that find each other by
 * seeds. They are started from the built installation, with a JVM set for many on one machine.
 */
final class ClusterUnderTest implements AutoCloseable {
  /** A picture that stands shorter than one of 25 a second is not seen to stand. */
  static final long FRAME_MILLIS = 40;

  /** Of all clusters here. */
  static final String SECRET = "0123456789abcdef".repeat(4);

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "JAVA_TOOL_OPTIONS", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx384m",
          "MILLRACE_CLUSTER_ADDRESS", "127.0.0.1",
          "MILLRACE_CLUSTER_PORT", "0",
          "MILLRACE_CLUSTER_DISCOVERY", "seeds",
          "MILLRACE_HTTP_HOST", "127.0.0.1",
          "MILLRACE_RTMP_HOST", "127.0.0.1",
          "MILLRACE_PUBLISH_OPEN", "true",
          "MILLRACE_TRANSCODE_POSTER_INTERVAL", "0s");

  private final Path folder;
  private final String name;
  private final Map<String, String> settings;
  private final Map<String, NodeUnderTest> nodes = new LinkedHashMap<>();

  private final Map<String, VirtualHost> hosts = new ConcurrentHashMap<>();

  private final Map<String, Map<String, String>> own = new ConcurrentHashMap<>();

  /** What a node was started with, to be started again as it was. */
  private record Asked(String roles, Map<String, String> settings) {}

  private final Map<String, Asked> asked = new ConcurrentHashMap<>();

  /**
   * @param settings environment of all its nodes, beside the defaults of these tests
   */
  ClusterUnderTest(Path folder, String name, Map<String, String> settings) {
    this.folder = folder;
    this.name = name;
    this.settings = settings;
  }

  /** Starts a node and waits until it is ready, which it is when it has joined the others. */
  NodeUnderTest start(String node, String roles) {
    return start(node, roles, own.getOrDefault(node, Map.of()));
  }

  /** Says with what more environment a node is started. */
  void set(String node, Map<String, String> more) {
    own.put(node, more);
  }

  /** Starts a node with more environment, and waits until it is ready. */
  NodeUnderTest start(String node, String roles, Map<String, String> more) {
    asked.put(node, new Asked(roles, more));
    return launch(node, 0, 0, 0);
  }

  /**
   * Says that a node, once started, runs in a host of its own, with default ports and no seeds: it
   * finds others by multicast, unless its settings say otherwise.
   */
  void place(String node, VirtualHost host) {
    hosts.put(node, host);
  }

  /** Starts several at the same time, given by name and roles, with the first one there before. */
  void startAll(Map<String, String> rolesByName) {
    List<Map.Entry<String, String>> all = new ArrayList<>(rolesByName.entrySet());
    start(all.getFirst().getKey(), all.getFirst().getValue());
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Void>> started = new ArrayList<>();
      for (Map.Entry<String, String> each : all.subList(1, all.size())) {
        started.add(
            CompletableFuture.runAsync(() -> start(each.getKey(), each.getValue()), executor));
      }
      started.forEach(CompletableFuture::join);
    }
  }

  /** Starts a node that has ended again, at the same ports. */
  NodeUnderTest restart(String node) {
    NodeUnderTest before = node(node);
    return launch(node, before.rtmpPort(), before.httpPort(), before.clusterPort());
  }

  private NodeUnderTest launch(String node, int rtmpPort, int httpPort, int clusterPort) {
    Asked wanted = asked.get(node);
    Map<String, String> environment = new HashMap<>(ENVIRONMENT);
    environment.putAll(settings);
    Optional<VirtualHost> host = Optional.ofNullable(hosts.get(node));
    host.ifPresent(each -> environment.putAll(inHost(each)));
    if (wanted != null) {
      environment.putAll(wanted.settings());
    }
    environment.putIfAbsent("MILLRACE_CLUSTER_SECRET", SECRET);
    environment.put("MILLRACE_NODE_NAME", node);
    if (clusterPort != 0) {
      environment.put("MILLRACE_CLUSTER_PORT", Integer.toString(clusterPort));
    }
    List<String> arguments =
        new ArrayList<>(
            List.of("--cluster", name, "--roles", wanted == null ? "edge" : wanted.roles()));
    if (host.isEmpty() && "seeds".equals(environment.get("MILLRACE_CLUSTER_DISCOVERY"))) {
      seeds(node).forEach(seed -> arguments.addAll(List.of("--seed", seed)));
    }
    NodeUnderTest started =
        NodeUnderTest.start(
            folder.resolve(node),
            host,
            rtmpPort,
            httpPort,
            environment,
            arguments.toArray(String[]::new));
    synchronized (nodes) {
      nodes.put(node, started);
    }
    return started;
  }

  private static Map<String, String> inHost(VirtualHost host) {
    return Map.of(
        "MILLRACE_CLUSTER_ADDRESS", host.address(),
        "MILLRACE_CLUSTER_PORT", "7800",
        "MILLRACE_CLUSTER_DISCOVERY", "multicast",
        "MILLRACE_HTTP_HOST", host.address(),
        "MILLRACE_RTMP_HOST", host.address());
  }

  /** A port that was free on all loopback addresses a moment ago. */
  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> seeds(String except) {
    synchronized (nodes) {
      return nodes.entrySet().stream()
          .filter(each -> !each.getKey().equals(except))
          .map(each -> "127.0.0.1:" + each.getValue().clusterPort())
          .toList();
    }
  }

  /** A node that was started. */
  NodeUnderTest node(String node) {
    synchronized (nodes) {
      NodeUnderTest found = nodes.get(node);
      if (found == null) {
        throw new AssertionError("no node " + node + " was started");
      }
      return found;
    }
  }

  /** Runs {@code millrace} with these arguments, by one who has the secret. */
  ChildProcess command(String... arguments) {
    return ChildProcess.start(
        Installation.node(List.of(arguments)), Map.of("MILLRACE_CLUSTER_SECRET", SECRET), folder);
  }

  /** What all its processes have printed last. */
  String tails() {
    StringBuilder tails = new StringBuilder();
    synchronized (nodes) {
      nodes.values().forEach(each -> tails.append(each.tails()));
    }
    return tails.toString();
  }

  /** Waits; the message of a failure has what the processes printed last. */
  void await(String what, Callable<Boolean> condition) {
    try {
      Awaitility.await(what)
          .atMost(Patience.OF_A_BUSY_MACHINE)
          .pollInterval(Duration.ofMillis(50))
          .ignoreExceptionsInstanceOf(java.io.UncheckedIOException.class)
          .until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(e.getMessage() + "\n" + tails(), e);
    }
  }

  @Override
  public void close() {
    List<NodeUnderTest> open;
    synchronized (nodes) {
      open = List.copyOf(nodes.values());
    }
    open.forEach(each -> each.process().signal("CONT"));
    open.forEach(each -> each.process().kill());
  }
}
