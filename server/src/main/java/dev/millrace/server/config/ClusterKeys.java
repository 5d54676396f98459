package dev.millrace.server.config;

import java.time.Duration;
import java.util.List;

/**
 * What concerns many nodes: the section {@code cluster}, and the keys of other sections that count
 * in a cluster only.
 */
public final class ClusterKeys {
  public static final ConfigKey<String> NAME =
      new ConfigKey<>(
          "cluster.name",
          ValueType.TEXT,
          "",
          """
          Nodes of the same name and the same secret are one cluster: streams published at any of them are
          on all of them, and any of them may die. Empty: this node is alone.\
          """);
  static final ConfigKey<String> ADDRESS =
      new ConfigKey<>(
          "cluster.address",
          ValueType.TEXT,
          "",
          """
          Address of this machine that the other nodes reach it at; it listens there for them. Empty: the
          first address of an interface that is up and no loopback, 127.0.0.1 where there is none.\
          """);
  static final ConfigKey<Integer> PORT =
      new ConfigKey<>(
          "cluster.port",
          ValueType.PORT,
          7800,
          """
          TCP port for membership; a second node on the same machine takes the next free one.
          0: any free one, which seeds cannot name.\
          """);
  static final ConfigKey<Integer> INTERNAL_PORT =
      new ConfigKey<>(
          "cluster.internal-port",
          ValueType.PORT,
          0,
          """
          TCP port for media between nodes (HTTPS). 0: any free one, which the others learn by themselves;
          set it where a firewall stands between nodes.\
          """);
  static final ConfigKey<List<Discovery>> DISCOVERY =
      new ConfigKey<>(
          "cluster.discovery",
          ValueType.someOf(List.of(Discovery.values())),
          List.of(Discovery.MULTICAST),
          """
          How nodes find each other, one or more of multicast (a LAN), seeds (cluster.seeds), dns
          (cluster.dns), kubernetes (its API); or file (cluster.folder) alone. Not set: file where there
          is a folder; else multicast, and beside it seeds and dns where they are set.\
          """);
  public static final ConfigKey<List<String>> SEEDS =
      new ConfigKey<>(
          "cluster.seeds",
          ValueType.SEEDS,
          List.of(),
          """
          Nodes to ask for the others, HOST or HOST:PORT; one that is alive is enough. [HOST]:PORT for IPv6.\
          """);
  static final ConfigKey<String> DNS =
      new ConfigKey<>(
          "cluster.dns",
          ValueType.TEXT,
          "",
          "A DNS name whose addresses are the nodes, such as that of a headless service.");
  static final ConfigKey<String> FOLDER =
      new ConfigKey<>(
          "cluster.folder",
          ValueType.TEXT,
          "",
          "A folder that all nodes share and leave their addresses in.");
  public static final ConfigKey<String> SECRET =
      new ConfigKey<>(
          "cluster.secret",
          ValueType.SECRET,
          "",
          """
          What a node needs to join, the same on all nodes: 56 letters and digits as the first node makes
          them (millrace secret shows it), or 64 hexadecimal digits of your own. Better kept in a file
          (cluster.secret-file) or in MILLRACE_CLUSTER_SECRET than here. Without any of these the one in
          the data folder counts, and the first node makes it.\
          """);
  public static final ConfigKey<String> SECRET_FILE =
      new ConfigKey<>(
          "cluster.secret-file", ValueType.TEXT, "", "A file whose first line is the secret.");
  static final ConfigKey<String> STACK =
      new ConfigKey<>(
          "cluster.stack",
          ValueType.TEXT,
          "",
          """
          A file with the JGroups stack to use in place of the built-in one; see config/jgroups.
          Empty: built in.\
          """);
  static final ConfigKey<String> CA_CERTIFICATE =
      new ConfigKey<>(
          "cluster.ca-certificate",
          ValueType.TEXT,
          "",
          """
          Your own certificate authority for the TLS between nodes, a PEM file; then certificate and key
          are needed too. Empty: one that follows from the secret.\
          """);
  static final ConfigKey<String> CERTIFICATE =
      new ConfigKey<>(
          "cluster.certificate",
          ValueType.TEXT,
          "",
          "This node's certificate of that authority, a PEM file.");
  static final ConfigKey<String> KEY =
      new ConfigKey<>(
          "cluster.key",
          ValueType.TEXT,
          "",
          "The private key of this certificate, a PEM file (PKCS 8).");

  static final ConfigKey<Duration> DRAIN_DEADLINE =
      new ConfigKey<>(
          "drain.deadline",
          ValueType.DURATION,
          Duration.ofSeconds(30),
          """
          How long a node of a cluster that stops may take to hand over what it has; then it ends.
          A second signal ends it at once.\
          """);

  static final ConfigKey<Duration> STEERING_TTL =
      new ConfigKey<>(
          "steering.ttl",
          ValueType.DURATION,
          Duration.ofSeconds(10),
          """
          How often players ask which edge is best for them, where there are several. Shorter moves them
          sooner away from an edge that drains; one that dies they leave by themselves.\
          """);

  static final ConfigKey<Integer> ORIGIN_REPLICAS =
      new ConfigKey<>(
          "origin.replicas",
          ValueType.integer("a number, 1 to 16", 1, 16),
          2,
          "Nodes of a cluster that keep each stream. All but one may die at once.");
  static final ConfigKey<List<ReplicaClass>> ORIGIN_CLASSES =
      new ConfigKey<>(
          "origin.classes",
          ValueType.REPLICA_CLASSES,
          List.of(),
          """
          Streams that are kept on another number of nodes, as {match: "live/vip-*", replicas: 3}; * stands
          for any letters. The first that matches counts.\
          """);

  /** The section {@code cluster} and the small ones that follow it. */
  static final List<ConfigKey<?>> ALL =
      List.of(
          NAME,
          ADDRESS,
          PORT,
          INTERNAL_PORT,
          DISCOVERY,
          SEEDS,
          DNS,
          FOLDER,
          SECRET,
          SECRET_FILE,
          STACK,
          CA_CERTIFICATE,
          CERTIFICATE,
          KEY,
          DRAIN_DEADLINE,
          STEERING_TTL);

  private ClusterKeys() {}
}
