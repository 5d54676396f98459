package dev.millrace.server.bench;

import java.net.URI;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** The node under load, and how its figures are told: options that all load drivers share. */
final class Target {
  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description = "The node (${DEFAULT-VALUE}).")
  private String host = "127.0.0.1";

  @Option(
      names = "--rtmp-port",
      defaultValue = "1935",
      description = "Its RTMP port (${DEFAULT-VALUE}).")
  private int rtmpPort;

  @Option(
      names = "--http-port",
      defaultValue = "8080",
      description = "Its HTTP port (${DEFAULT-VALUE}).")
  private int httpPort;

  @Option(
      names = "--pid",
      description =
          "Its process id, to report CPU and memory; found by itself if one node runs here.")
  private Optional<Long> pid = Optional.empty();

  @Option(names = "--json", description = "Print the figures as JSON.")
  private boolean json;

  URI http(String path) {
    return URI.create("http://" + host + ":" + httpPort + path);
  }

  URI rtmp(String key) {
    return URI.create("rtmp://" + host + ":" + rtmpPort + "/live/" + key);
  }

  void print(Report report) {
    System.out.println(json ? report.json() : report.text());
  }

  /** Says in one line why there was nothing to load. */
  int unreachable(Exception cause) {
    System.err.println(
        "millrace: the node at %s (RTMP %d, HTTP %d) did not serve this: %s; start it with: millrace run --open"
            .formatted(host, rtmpPort, httpPort, cause.getMessage()));
    return 1;
  }

  /** Starts measuring the node's process; the figures are empty where it cannot be found. */
  Usage measure() {
    Optional<Long> node = pid.or(Target::findNode);
    return new Usage(node, node.flatMap(ProcessUsage::of));
  }

  /** The same for a process of this machine. */
  static Usage measure(long pid) {
    return new Usage(Optional.of(pid), ProcessUsage.of(pid));
  }

  private static Optional<Long> findNode() {
    var nodes =
        ProcessHandle.allProcesses()
            .filter(process -> process.pid() != ProcessHandle.current().pid())
            .filter(Target::isNode)
            .map(ProcessHandle::pid)
            .toList();
    return nodes.size() == 1 ? Optional.of(nodes.getFirst()) : Optional.empty();
  }

  private static boolean isNode(ProcessHandle process) {
    String[] arguments = process.info().arguments().orElse(new String[0]);
    for (int i = 0; i + 1 < arguments.length; i++) {
      if (arguments[i].equals("dev.millrace.server.Main")) {
        return arguments[i + 1].equals("run") || arguments[i + 1].equals("demo");
      }
    }
    return false;
  }

  /** What the node has used since the measuring began. */
  record Usage(Optional<Long> pid, Optional<ProcessUsage> before) {
    OptionalDouble cpuSeconds() {
      Optional<ProcessUsage> now = pid.flatMap(ProcessUsage::of);
      return now.isEmpty() || before.isEmpty()
          ? OptionalDouble.empty()
          : OptionalDouble.of(now.get().cpu().minus(before.get().cpu()).toNanos() / 1e9);
    }

    OptionalLong residentBytes() {
      return pid.flatMap(ProcessUsage::of)
          .map(usage -> OptionalLong.of(usage.residentBytes()))
          .orElse(OptionalLong.empty());
    }
  }
}
