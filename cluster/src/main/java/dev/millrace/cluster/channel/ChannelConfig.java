package dev.millrace.cluster.channel;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a node takes its place in a group.
 *
 * @param clusterName groups of different names do not see each other
 * @param bindAddress of this machine, and reachable for the others; nothing listens elsewhere
 * @param port to listen on
 * @param portRange how many further ports to try where that one is taken; where a machine runs
 *     several nodes
 * @param discovery how the others are found; none means alone
 * @param stackFile JGroups XML instead of the built-in stack; {@code config/jgroups} has examples
 * @param joinTimeout how long to look for others and to wait for an answer of theirs; a node that
 *     finds none starts after this
 */
public record ChannelConfig(
    String clusterName,
    InetAddress bindAddress,
    int port,
    int portRange,
    List<Discovery> discovery,
    Optional<Path> stackFile,
    Duration joinTimeout) {

  /** What {@link #joinTimeout} is unless told otherwise. */
  public static final Duration DEFAULT_JOIN_TIMEOUT = Duration.ofSeconds(2);

  public ChannelConfig {
    discovery = List.copyOf(discovery);
  }
}
