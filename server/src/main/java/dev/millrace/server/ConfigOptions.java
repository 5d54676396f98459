package dev.millrace.server;

import dev.millrace.server.config.Assignment;
import dev.millrace.server.config.ClusterKeys;
import dev.millrace.server.config.ConfigFile;
import dev.millrace.server.config.ConfigKey;
import dev.millrace.server.config.ConfigKeys;
import dev.millrace.server.config.Environment;
import dev.millrace.server.config.HttpKeys;
import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.config.RtmpKeys;
import dev.millrace.server.config.Settings;
import dev.millrace.server.config.SiteKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * The options that say how a node is configured. A flag wins over the environment, that over the
 * file.
 */
final class ConfigOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings in YAML; all of them: millrace config")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--open",
      description = "Take any stream key for the stream's name (for a laboratory)")
  private boolean open;

  @Option(names = "--rtmp-port", paramLabel = "N", description = "Port for publishers; 0: any free")
  private Optional<String> rtmpPort = Optional.empty();

  @Option(names = "--http-port", paramLabel = "N", description = "Port for viewers; 0: any free")
  private Optional<String> httpPort = Optional.empty();

  @Option(names = "--data", paramLabel = "DIR", description = "Folder for what outlives a restart")
  private Optional<String> data = Optional.empty();

  @Option(
      names = "--roles",
      paramLabel = "LIST",
      description =
          "Comma separated of ingest, transcoder, origin, edge, relay; default: the first four")
  private Optional<String> roles = Optional.empty();

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      description = "Join the nodes of this cluster, or be its first")
  private Optional<String> cluster = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "HOST[:PORT]",
      description = "A node of the cluster to ask for the others; may be given again")
  private List<String> seeds = List.of();

  @Option(
      names = "--secret",
      paramLabel = "TEXT",
      description =
          "The cluster's secret. Everybody on this machine can see it in the list of processes:"
              + " better --secret-file or MILLRACE_CLUSTER_SECRET")
  private Optional<String> secret = Optional.empty();

  @Option(
      names = "--secret-file",
      paramLabel = "FILE",
      description = "The cluster's secret is the first line of this file")
  private Optional<String> secretFile = Optional.empty();

  @Option(
      names = "--relay-upstream",
      paramLabel = "URL,URL",
      description =
          "Be a relay of the site whose secret is given: read at these edges, https://HOST:PORT"
              + " each")
  private Optional<String> relayUpstreams = Optional.empty();

  @Option(names = "--log-format", paramLabel = "FORMAT", description = "text or json")
  private Optional<String> logFormat = Optional.empty();

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      description = "error, warn, info, debug or trace")
  private Optional<String> logLevel = Optional.empty();

  Settings settings() {
    List<Assignment<?>> assignments = new ArrayList<>();
    file.ifPresent(path -> assignments.addAll(ConfigFile.read(path)));
    assignments.addAll(Environment.read(System.getenv()));
    flag(assignments, RtmpKeys.PORT, rtmpPort, "--rtmp-port");
    flag(assignments, HttpKeys.PORT, httpPort, "--http-port");
    flag(assignments, ConfigKeys.NODE_DATA, data, "--data");
    flag(assignments, ConfigKeys.NODE_ROLES, roles, "--roles");
    flag(assignments, ClusterKeys.NAME, cluster, "--cluster");
    flag(
        assignments,
        ClusterKeys.SEEDS,
        seeds.isEmpty() ? Optional.empty() : Optional.of(String.join(",", seeds)),
        "--seed");
    flag(assignments, ClusterKeys.SECRET, secret, "--secret");
    flag(assignments, ClusterKeys.SECRET_FILE, secretFile, "--secret-file");
    flag(assignments, SiteKeys.UPSTREAMS, relayUpstreams, "--relay-upstream");
    flag(assignments, ConfigKeys.LOG_FORMAT, logFormat, "--log-format");
    flag(assignments, ConfigKeys.LOG_LEVEL, logLevel, "--log-level");
    flag(
        assignments,
        ConfigKeys.PUBLISH_OPEN,
        open ? Optional.of("true") : Optional.empty(),
        "--open");
    return Settings.of(assignments);
  }

  NodeConfig load() {
    return NodeConfig.of(settings(), host());
  }

  static NodeConfig.Host host() {
    Map<String, String> environment = System.getenv();
    return new NodeConfig.Host(hostName(), environment, Runtime.getRuntime().maxMemory());
  }

  private static void flag(
      List<Assignment<?>> assignments, ConfigKey<?> key, Optional<String> text, String name) {
    text.ifPresent(value -> assignments.add(Assignment.flag(key, value, name)));
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "node";
    }
  }
}
