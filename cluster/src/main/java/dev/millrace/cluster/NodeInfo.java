package dev.millrace.cluster;

import java.time.Instant;
import java.util.Set;

/**
 * What a node says of itself.
 *
 * @param id unique for ever, kept in its data folder
 * @param name for people; unique in a cluster
 * @param version of the software
 * @param protocol of the messages between nodes; nodes of an older one are refused
 * @param draining it takes nothing new and hands over what it has
 */
public record NodeInfo(
    String id,
    String name,
    Set<NodeRole> roles,
    String version,
    int protocol,
    NodeAddresses addresses,
    NodeLoad load,
    boolean draining,
    Instant startedAt) {

  public NodeInfo {
    roles = Set.copyOf(roles);
  }

  /** Whether it has this role and takes new work. */
  public boolean offers(NodeRole role) {
    return roles.contains(role) && !draining;
  }

  /** The same node, as busy as this. */
  public NodeInfo withLoad(NodeLoad changed) {
    return new NodeInfo(
        id, name, roles, version, protocol, addresses, changed, draining, startedAt);
  }

  /** The same node, taking new work or not. */
  public NodeInfo withDraining(boolean changed) {
    return new NodeInfo(id, name, roles, version, protocol, addresses, load, changed, startedAt);
  }
}
