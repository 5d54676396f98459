package dev.millrace.server.metrics;

import dev.millrace.edge.EdgeFacts;
import dev.millrace.edge.EdgeSite;
import dev.millrace.edge.EdgeSwarm;
import dev.millrace.media.live.StreamFacts;
import dev.millrace.relay.iptv.ChannelFacts;
import dev.millrace.relay.iptv.ReceptionFacts;
import java.util.List;
import java.util.Optional;

/**
 * A node at one instant. Immutable.
 *
 * @param streams that ingest knows
 * @param rtmpConnections open connections of publishers
 * @param originBytes of media in the origin's memory
 * @param cluster empty where the node is alone
 * @param channels of IPTV that are sent
 * @param received those that are received
 * @param swarm viewers who share; empty where they may not
 * @param sites whose relays are served here
 */
public record NodeFacts(
    List<StreamFacts> streams,
    EdgeFacts edge,
    int rtmpConnections,
    long originBytes,
    Optional<ClusterSample> cluster,
    List<ChannelFacts> channels,
    List<ReceptionFacts> received,
    Optional<EdgeSwarm.Facts> swarm,
    List<EdgeSite.Site> sites) {
  public NodeFacts {
    streams = List.copyOf(streams);
    channels = List.copyOf(channels);
    received = List.copyOf(received);
    sites = List.copyOf(sites);
  }
}
