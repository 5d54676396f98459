package dev.millrace.server.chaos;

import dev.millrace.server.hosts.VirtualHost;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A node of this installation in a process of its own, on loopback or on a virtual host, and on
 * ports that it keeps when it is started again. One thread, but {@link #close}.
 */
final class ChaosNode implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration READY = Duration.ofMinutes(2);
  private static final long LOOK_MS = 50;

  private final String name;
  private final String roles;
  private final Optional<VirtualHost> place;
  private final String address;
  private final Path folder;
  private final int rtmpPort = freePort();
  private final int httpPort = freePort();
  private final int clusterPort = freePort();
  private final int internalPort = freePort();
  private volatile @Nullable Process process;
  private volatile boolean closed;

  /**
   * @param roles as {@code --roles} takes them
   * @param place where it runs; on loopback if empty
   * @param folder for its data and what it prints
   */
  ChaosNode(String name, String roles, Optional<VirtualHost> place, Path folder)
      throws IOException {
    this.name = name;
    this.roles = roles;
    this.place = place;
    this.address = place.map(VirtualHost::address).orElse(LOOPBACK);
    this.folder = Files.createDirectories(folder);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  String name() {
    return name;
  }

  boolean has(String role) {
    return List.of(roles.split(",", -1)).contains(role);
  }

  String seed() {
    return address + ":" + clusterPort;
  }

  URI http(String path) {
    return URI.create("http://" + address + ":" + httpPort + path);
  }

  URI rtmp(String key) {
    return URI.create("rtmp://" + address + ":" + rtmpPort + "/live/" + key);
  }

  URI internal() {
    return URI.create("https://" + address + ":" + internalPort);
  }

  /**
   * Starts its process and waits until it says that it is ready, which it is when it has joined.
   *
   * @param seeds other nodes
   * @throws IOException if it ends instead, or is not ready in time
   */
  void start(String cluster, String secret, List<String> seeds)
      throws IOException, InterruptedException {
    Path announcement = folder.resolve("announce.json");
    Files.deleteIfExists(announcement);
    List<String> command = command(cluster, seeds, announcement);
    ProcessBuilder builder =
        new ProcessBuilder(place.map(host -> host.command(command)).orElse(command))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder.environment().keySet().removeIf(each -> each.startsWith("MILLRACE_"));
    builder.environment().putAll(environment(secret));
    Process started = builder.start();
    process = started;
    if (closed) {
      close();
    }
    long deadline = System.nanoTime() + READY.toNanos();
    while (!Files.exists(announcement)) {
      if (started.waitFor(LOOK_MS, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
        throw new IOException(name + " does not get ready, see " + log());
      }
    }
  }

  private List<String> command(String cluster, List<String> seeds, Path announcement) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("--enable-native-access=ALL-UNNAMED");
    Optional.ofNullable(System.getProperty("millrace.dist"))
        .ifPresent(dist -> command.add("-Dmillrace.dist=" + dist));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("dev.millrace.server.Main", "run", "--open"));
    command.addAll(List.of("--cluster", cluster, "--roles", roles));
    command.addAll(List.of("--rtmp-port", String.valueOf(rtmpPort)));
    command.addAll(List.of("--http-port", String.valueOf(httpPort)));
    command.addAll(List.of("--data", folder.resolve("data").toString()));
    command.addAll(List.of("--announce", announcement.toString()));
    seeds.stream()
        .filter(each -> !each.equals(seed()))
        .forEach(each -> command.addAll(List.of("--seed", each)));
    return command;
  }

  private Map<String, String> environment(String secret) {
    return Map.ofEntries(
        Map.entry("MILLRACE_NODE_NAME", name),
        Map.entry("MILLRACE_CLUSTER_SECRET", secret),
        Map.entry("MILLRACE_CLUSTER_ADDRESS", address),
        Map.entry("MILLRACE_CLUSTER_PORT", String.valueOf(clusterPort)),
        Map.entry("MILLRACE_CLUSTER_INTERNAL_PORT", String.valueOf(internalPort)),
        Map.entry("MILLRACE_CLUSTER_DISCOVERY", "seeds"),
        Map.entry("MILLRACE_RTMP_HOST", address),
        Map.entry("MILLRACE_HTTP_HOST", address),
        Map.entry("MILLRACE_STEERING_TTL", Player.STEERING.toSeconds() + "s"),
        Map.entry("MILLRACE_TRANSCODE_LADDER", "none"),
        Map.entry("MILLRACE_TRANSCODE_POSTER_INTERVAL", "0s"));
  }

  /** What it prints. */
  Path log() {
    return folder.resolve("node.log");
  }

  boolean isAlive() {
    Process current = process;
    return current != null && current.isAlive();
  }

  /** Sends a signal by name, as the shell's kill does. */
  void signal(String signal) throws IOException, InterruptedException {
    Process current = process;
    if (current != null) {
      new ProcessBuilder("kill", "-" + signal, Long.toString(current.pid())).start().waitFor();
    }
  }

  /** Whether it has ended within the time. */
  boolean awaitExit(Duration atMost) throws InterruptedException {
    Process current = process;
    return current == null || current.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends the process at once, and any that is being started. Any thread. */
  @Override
  public void close() {
    closed = true;
    Process current = process;
    if (current != null) {
      current.destroyForcibly();
    }
  }
}
