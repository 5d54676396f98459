package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import java.util.List;

/**
 * What a relay's {@link Mesh} did since it started, and whom it knows. Immutable. Over a site, the
 * copies per part are the sum of {@code edgeBytes} over all relays by the bytes of the parts.
 *
 * @param objects parts that were expected here: somebody here or below wanted them
 * @param complete of these, those that came
 * @param late of these, those that came after D
 * @param expired those that did not come within 2 D
 * @param edgeParts parts fetched from the edge, for whatever reason
 * @param edgeBytes their bytes
 * @param fed of the parts fetched, those fetched as the stream's feeder
 * @param hedged those fetched in place of a feeder that was too slow
 * @param fallback those fetched with a ticket, after D
 * @param asked those fetched because a player here asked and the site did not have them
 * @param cancelled fetches that were given up: the part came otherwise, or too late
 * @param chunksIn chunks that came from other relays and were of use
 * @param repaired of these, those that were asked for
 * @param duplicates chunks that came once more
 * @param chunksOut chunks sent
 * @param leftOut chunks not sent along a stripe, because too much waited or they were too old
 * @param refused chunks asked for here and refused
 * @param dropped frames that came at the wrong time: of old parts, of unknown tracks, too many
 * @param malformed frames that were none
 * @param blames all, of all peers
 */
public record MeshSnapshot(
    long objects,
    long complete,
    long late,
    long expired,
    long edgeParts,
    long edgeBytes,
    long fed,
    long hedged,
    long fallback,
    long asked,
    long cancelled,
    long chunksIn,
    long repaired,
    long duplicates,
    long chunksOut,
    long leftOut,
    long refused,
    long dropped,
    long malformed,
    long blames,
    List<Peer> peers,
    List<Ban> bans) {
  public MeshSnapshot {
    peers = List.copyOf(peers);
    bans = List.copyOf(bans);
  }

  /**
   * A relay to which there is a connection.
   *
   * @param silent whether it leaves a PING unanswered for more than 1 s
   * @param roundTripMs of the last PING that was answered; -1 if none was
   * @param waitingBytes what waits here to be sent to it
   * @param queueMs how long things wait there, as it said
   * @param chunksIn chunks of use that came from it
   * @param wrong chunks and objects of it that did not fit the signed log
   */
  public record Peer(
      Bytes id,
      boolean silent,
      double roundTripMs,
      long waitingBytes,
      int queueMs,
      long chunksIn,
      long wrong) {}

  /**
   * A relay that is shut out.
   *
   * @param leftMs for how long still
   */
  public record Ban(Bytes id, long leftMs, String why) {}
}
