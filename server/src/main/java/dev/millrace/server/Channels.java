package dev.millrace.server;

import dev.millrace.cluster.channel.ChannelConfig;
import dev.millrace.cluster.channel.Discovery;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.NodeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The settings of a cluster in the words of its channel. */
final class Channels {
  /** Further nodes on one machine find a port as long as there are no more. */
  private static final int PORT_RANGE = 10;

  private Channels() {}

  /**
   * @param address of this machine
   * @throws ConfigException if it is no address
   */
  static ChannelConfig config(NodeConfig.Cluster set, String address) {
    try {
      InetAddress own = InetAddress.getByName(address);
      return new ChannelConfig(
          set.name(),
          own,
          set.port() == 0 ? free(own) : set.port(),
          PORT_RANGE,
          set.discovery().stream().sorted().map(way -> discovery(way, set)).toList(),
          set.stack(),
          ChannelConfig.DEFAULT_JOIN_TIMEOUT);
    } catch (UnknownHostException e) {
      throw new ConfigException("cluster.address " + address + " is no address of this machine");
    }
  }

  /** JGroups must know its port before it listens; should another take it, it tries the next. */
  private static int free(InetAddress own) {
    try (ServerSocket socket = new ServerSocket(0, 1, own)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new ConfigException(
          "cluster.address " + own.getHostAddress() + " is no address of this machine: " + e);
    }
  }

  private static Discovery discovery(
      dev.millrace.server.config.Discovery way, NodeConfig.Cluster set) {
    return switch (way) {
      case MULTICAST -> new Discovery.Multicast();
      case SEEDS -> new Discovery.Seeds(List.copyOf(set.seeds()));
      case DNS -> new Discovery.Dns(set.dns());
      case FILE -> new Discovery.SharedFolder(Path.of(set.folder()).toAbsolutePath());
      case KUBERNETES ->
          new Discovery.Kubernetes(
              environment("KUBERNETES_NAMESPACE", "default"),
              environment("KUBERNETES_LABELS", "app=millrace"));
    };
  }

  /** As {@code jgroups-kubernetes} itself names them. */
  private static String environment(String name, String fallback) {
    return Optional.ofNullable(System.getenv(name)).orElse(fallback);
  }
}
