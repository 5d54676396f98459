package dev.millrace.server.metrics;

import dev.millrace.edge.EdgeFacts;
import dev.millrace.media.live.StreamFacts;
import java.util.List;

/**
 * A node at one instant. Immutable.
 *
 * @param streams that ingest knows
 * @param rtmpConnections open connections of publishers
 * @param originBytes of media in the origin's memory
 */
public record NodeFacts(
    List<StreamFacts> streams, EdgeFacts edge, int rtmpConnections, long originBytes) {
  public NodeFacts {
    streams = List.copyOf(streams);
  }
}
