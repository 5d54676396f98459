package dev.millrace.edge;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A node as the cluster tells of it. Immutable.
 *
 * @param id unique for ever
 * @param name for people; unique in a cluster
 * @param roles in lower case, for example {@code edge}
 * @param version of the software
 * @param protocol of the messages between nodes
 * @param internal its internal HTTP, without a path
 * @param viewers what players and browsers use, without a path; empty where it has no edge
 * @param publishers {@code rtmp://HOST:PORT}; empty where it takes none
 * @param draining it takes nothing new and hands over what it has
 * @param settingsRevision of the cluster's settings that it has applied
 * @param settingsError why it could not, one line; empty where it could
 * @param ingests streams that are published at it
 * @param copies of streams that it holds as an origin
 */
public record ClusterNode(
    String id,
    String name,
    Set<String> roles,
    String version,
    int protocol,
    URI internal,
    Optional<URI> viewers,
    Optional<URI> publishers,
    Load load,
    boolean draining,
    Instant startedAt,
    long settingsRevision,
    String settingsError,
    int ingests,
    int copies) {

  public ClusterNode {
    roles = Set.copyOf(roles);
  }

  /**
   * How busy a node is, as it measures itself.
   *
   * @param cores processors that it may use
   * @param busyCores of them in use, averaged over the last seconds
   * @param bytesOutPerSecond to viewers
   * @param maxBytesOutPerSecond that its line carries; 0 where nobody has said
   * @param viewers that it counts
   * @param workers that encode on it
   * @param maxWorkers that it takes
   */
  public record Load(
      int cores,
      double busyCores,
      long bytesOutPerSecond,
      long maxBytesOutPerSecond,
      int viewers,
      int workers,
      int maxWorkers) {

    /** Share of what it can do that it does, by whatever is scarcest; from 0. */
    public double share() {
      double ofProcessors = busyCores / Math.max(1, cores);
      return maxBytesOutPerSecond == 0
          ? ofProcessors
          : Math.max(ofProcessors, (double) bytesOutPerSecond / maxBytesOutPerSecond);
    }
  }
}
