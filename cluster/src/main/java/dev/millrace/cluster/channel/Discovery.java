package dev.millrace.cluster.channel;

import java.nio.file.Path;
import java.util.List;

/** A way to find the other nodes; several may be combined. Immutable. */
public sealed interface Discovery {
  /** Where nodes listen unless told otherwise. */
  int DEFAULT_PORT = 7800;

  /** By multicast in the same network. */
  record Multicast() implements Discovery {}

  /**
   * By asking known nodes; any one of them alive is enough.
   *
   * @param seeds {@code HOST} or {@code HOST:PORT}, IPv6 addresses in brackets; without a port
   *     {@value Discovery#DEFAULT_PORT} and those of the node's port range after it are tried
   */
  record Seeds(List<String> seeds) implements Discovery {
    public Seeds {
      seeds = List.copyOf(seeds);
    }
  }

  /**
   * By a DNS name that has an address for every node, such as a headless service of Kubernetes.
   *
   * @param name all nodes behind it listen on the port of this one's configuration
   */
  record Dns(String name) implements Discovery {}

  /**
   * By files in a folder that all nodes can write to; not together with other ways.
   *
   * @param folder made if it is not there
   */
  record SharedFolder(Path folder) implements Discovery {}

  /**
   * By asking the API of Kubernetes. Needs {@code jgroups-kubernetes} on the class path, which this
   * software does not bring.
   *
   * @param namespace of the pods
   * @param labels that select them, {@code app=millrace}; empty for all
   */
  record Kubernetes(String namespace, String labels) implements Discovery {}
}
