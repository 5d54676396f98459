package dev.millrace.server.config;

/** A way in which the nodes of a cluster find each other. */
public enum Discovery {
  /** By a group address of the network. */
  MULTICAST,
  /** By asking nodes at known addresses. */
  SEEDS,
  /** By the addresses of a DNS name. */
  DNS,
  /** By files in a folder that all share. */
  FILE,
  /** By asking the API of Kubernetes. */
  KUBERNETES
}
