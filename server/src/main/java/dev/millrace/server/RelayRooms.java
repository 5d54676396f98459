package dev.millrace.server;

import dev.millrace.cluster.NodeRole;
import dev.millrace.edge.EdgeRelay;
import dev.millrace.edge.EdgeSwarm;
import dev.millrace.media.log.PartSource;
import dev.millrace.relay.iptv.ChannelFacts;
import dev.millrace.relay.iptv.ReceptionFacts;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.NodeConfig;
import java.util.List;
import java.util.Optional;

/**
 * What a node has for controlled networks beside HLS, each of it only where it is set: channels of
 * IPTV that it sends, those that it receives, and viewers who share. Call sequence: constructor,
 * {@link #start}, {@link #stopPublishing} where there is time for a clean end, close.
 */
final class RelayRooms implements AutoCloseable {
  private final Optional<RelayRoom> sent;
  private final Optional<ReceptionRoom> received;
  private final Optional<SwarmRoom> swarm;

  /**
   * @param source of the streams that are sent
   * @throws ConfigException if a port or an interface cannot be had
   */
  RelayRooms(NodeServices node, Optional<ClusterRoom> cluster, PartSource source) {
    NodeConfig config = node.config();
    swarm =
        config.relay().viewersShare()
            ? Optional.of(new SwarmRoom(node, cluster))
            : Optional.empty();
    sent =
        config.roles().contains(NodeRole.RELAY)
            ? Optional.of(new RelayRoom(node, source))
            : Optional.empty();
    try {
      received =
          config.relay().iptvIn().isOn() ? Optional.of(new ReceptionRoom(node)) : Optional.empty();
    } catch (ConfigException e) {
      swarm.ifPresent(SwarmRoom::close);
      throw e;
    }
  }

  /**
   * Begins all that is configured.
   *
   * @param ingest where what is received is published; empty for a node without publishers
   * @throws ConfigException if a channel cannot be sent, for example because its interface is
   *     missing
   */
  void start(Optional<IngestRoom> ingest) {
    sent.ifPresent(RelayRoom::start);
    swarm.ifPresent(SwarmRoom::start);
    received.ifPresent(room -> room.start(ingest));
  }

  /** Publishes no more: another node that receives the same goes on. */
  void stopPublishing() {
    received.ifPresent(ReceptionRoom::stopPublishing);
  }

  /** IPTV, for the HTTP interface. */
  EdgeRelay iptv() {
    return sent.map(room -> room.forEdge(received)).orElse(EdgeRelay.NONE);
  }

  /** Viewers who share, for the HTTP interface. */
  EdgeSwarm swarm() {
    return swarm.map(SwarmRoom::forEdge).orElse(EdgeSwarm.NONE);
  }

  /** The channels that are sent. */
  List<ChannelFacts> channels() {
    return sent.map(RelayRoom::channels).orElse(List.of());
  }

  /** The channels that are received. */
  List<ReceptionFacts> receptions() {
    return received.map(ReceptionRoom::channels).orElse(List.of());
  }

  /** Viewers who share; empty where they may not. */
  Optional<EdgeSwarm.Facts> swarmFacts() {
    return swarm.map(SwarmRoom::facts);
  }

  @Override
  public void close() {
    received.ifPresent(ReceptionRoom::close);
    sent.ifPresent(RelayRoom::close);
    swarm.ifPresent(SwarmRoom::close);
  }
}
