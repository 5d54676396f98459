package dev.millrace.relay.mesh;

/**
 * Limits of a {@link Mesh}. Immutable.
 *
 * @param site its name; a HELLO of another site is refused
 * @param maxPeers connections that are accepted
 * @param keptBytes of parts that are kept for others and for players here
 */
public record MeshSettings(String site, int maxPeers, long keptBytes) {
  private static final int MAX_PEERS = 256;
  private static final long KEPT_BYTES = 256L << 20;

  /** As they are where nothing else is said: 256 connections, 256 MiB. */
  public static MeshSettings of(String site) {
    return new MeshSettings(site, MAX_PEERS, KEPT_BYTES);
  }
}
