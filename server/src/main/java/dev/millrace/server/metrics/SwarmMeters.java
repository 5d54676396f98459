package dev.millrace.server.metrics;

import dev.millrace.edge.EdgeSwarm;
import java.util.List;

/** The meters of viewers who share: of the tracker as a whole, and of each swarm. */
final class SwarmMeters {
  static final List<Meter<EdgeSwarm.Facts>> ALL =
      List.of(
          gauge("connections", "Pages connected to the tracker."),
          counter("offers", "Offers of connections passed on from page to page."),
          counter(
              "refusedConnections",
              "refused.connections",
              "Connections refused: without a token of this network, or too many."),
          counter(
              "refusedMessages", "refused.messages", "Messages refused, and limits that were met."),
          counter("stunAnswered", "stun.answered", "STUN requests answered."),
          counter(
              "stunDropped",
              "stun.dropped",
              "Datagrams to STUN that were no requests, or too many."));

  static final List<Meter<EdgeSwarm.Swarm>> OF_EACH =
      List.of(
          Meter.gauge(
              "millrace.swarm.peers",
              "",
              "Viewers who share this stream at this site, once for each rendition.",
              EdgeSwarm.Swarm::peers));

  private SwarmMeters() {}

  private static Meter<EdgeSwarm.Facts> gauge(String name, String description) {
    return Meter.gauge(
        "millrace.swarm." + name,
        "",
        description,
        facts -> facts.counters().getOrDefault(name, 0L));
  }

  private static Meter<EdgeSwarm.Facts> counter(String name, String description) {
    return counter(name, name, description);
  }

  private static Meter<EdgeSwarm.Facts> counter(String key, String name, String description) {
    return Meter.counter(
        "millrace.swarm." + name, "", description, facts -> facts.counters().getOrDefault(key, 0L));
  }
}
