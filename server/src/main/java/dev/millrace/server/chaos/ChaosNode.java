package dev.millrace.server.chaos;

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
 * A node of this installation in a process of its own, on loopback and on ports that it keeps when
 * it is started again. One thread.
 */
final class ChaosNode implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final Duration READY = Duration.ofSeconds(60);
  private static final long LOOK_MS = 50;

  private final String name;
  private final String roles;
  private final Path folder;
  private final int rtmpPort = freePort();
  private final int httpPort = freePort();
  private final int clusterPort = freePort();
  private final int internalPort = freePort();
  private @Nullable Process process;

  /**
   * @param roles as {@code --roles} takes them
   * @param folder for its data and what it prints
   */
  ChaosNode(String name, String roles, Path folder) throws IOException {
    this.name = name;
    this.roles = roles;
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
    return HOST + ":" + clusterPort;
  }

  URI http(String path) {
    return URI.create("http://" + HOST + ":" + httpPort + path);
  }

  URI rtmp(String key) {
    return URI.create("rtmp://" + HOST + ":" + rtmpPort + "/live/" + key);
  }

  URI internal() {
    return URI.create("https://" + HOST + ":" + internalPort);
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
    ProcessBuilder builder =
        new ProcessBuilder(command(cluster, seeds, announcement))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder.environment().keySet().removeIf(each -> each.startsWith("MILLRACE_"));
    builder.environment().putAll(environment(secret));
    Process started = builder.start();
    process = started;
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
    return Map.of(
        "MILLRACE_NODE_NAME",
        name,
        "MILLRACE_CLUSTER_SECRET",
        secret,
        "MILLRACE_CLUSTER_ADDRESS",
        HOST,
        "MILLRACE_CLUSTER_PORT",
        String.valueOf(clusterPort),
        "MILLRACE_CLUSTER_INTERNAL_PORT",
        String.valueOf(internalPort),
        "MILLRACE_CLUSTER_DISCOVERY",
        "seeds",
        "MILLRACE_RTMP_HOST",
        HOST,
        "MILLRACE_HTTP_HOST",
        HOST,
        "MILLRACE_TRANSCODE_LADDER",
        "none",
        "MILLRACE_TRANSCODE_POSTER_INTERVAL",
        "0s");
  }

  /** What it prints. */
  Path log() {
    return folder.resolve("node.log");
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Sends a signal by name, as the shell's kill does. */
  void signal(String signal) throws IOException, InterruptedException {
    if (process != null) {
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    }
  }

  /** Whether it has ended within the time. */
  boolean awaitExit(Duration atMost) throws InterruptedException {
    return process == null || process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends the process at once, if there is one. */
  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
