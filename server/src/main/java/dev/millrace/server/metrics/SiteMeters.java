package dev.millrace.server.metrics;

import dev.millrace.edge.EdgeSite;
import java.util.List;

/** The meters of sites: what they take from this edge, and what each of their relays reported. */
final class SiteMeters {
  static final List<Meter<EdgeSite.Site>> ALL =
      List.of(
          Meter.gauge(
              "millrace.site.relays",
              "",
              "Relays that reported in the last 15 s, to whichever edge.",
              site -> site.relays().size()),
          Meter.gauge(
              "millrace.site.open.requests",
              "",
              "Requests of the site's relays under way at this edge.",
              site -> site.here().getOrDefault("open", 0L)),
          here("requests", "requests", "", "Requests of the site's relays to this edge."),
          here("bytes", "taken", "bytes", "What the site's relays took from this edge."),
          here("refused", "refused", "", "Requests refused for the site's bandwidth or number."));

  static final List<Meter<EdgeSite.Relay>> OF_EACH_RELAY =
      List.of(
          Meter.gauge(
              "millrace.relay.load", "", "Share of what it can do, from 0.", EdgeSite.Relay::share),
          Meter.gauge("millrace.relay.viewers", "", "Its viewers.", EdgeSite.Relay::viewers),
          gauge("mesh.peers", "mesh.peers", "Relays of its site that it is connected with."),
          gauge("mesh.bans", "mesh.bans", "Relays of its site that it shuts out."),
          counter("served.bytes", "served", "bytes", "What its viewers were given."),
          counter("edges.bytes", "edges", "bytes", "What it took from edges."),
          counter("bytes.wrong", "wrong", "", "Files that were not what the log says."),
          counter("logs.refused", "logs.refused", "", "Logs that did not verify."),
          counter("mesh.parts", "mesh.parts", "", "Parts that were expected."),
          counter("mesh.complete", "mesh.complete", "", "Parts that came."),
          counter("mesh.late", "mesh.late", "", "Parts that came after their deadline."),
          counter("mesh.expired", "mesh.expired", "", "Parts that did not come in time."),
          counter("mesh.edgeParts", "mesh.edge.parts", "", "Parts that it took from edges."),
          counter("mesh.hedged", "mesh.hedged", "", "Parts taken in the place of a slow feeder."),
          counter("mesh.fallback", "mesh.fallback", "", "Parts taken at their deadline."),
          counter("mesh.chunksIn", "mesh.chunks.in", "", "Chunks from other relays."),
          counter("mesh.chunksOut", "mesh.chunks.out", "", "Chunks to other relays."),
          counter("mesh.repaired", "mesh.repaired", "", "Chunks that it had to ask for."),
          counter("mesh.duplicates", "mesh.duplicates", "", "Chunks that it had."),
          counter(
              "mesh.blames", "mesh.blames", "", "Chunks and frames that others were blamed for."),
          gauge("cast.heard", "cast.heard", "Feeders that it hears by multicast."),
          counter("cast.falls", "cast.falls", "", "Times that one was heard no more."),
          counter("cast.partsIn", "cast.parts.in", "", "Parts that came by multicast."),
          counter("cast.partsOut", "cast.parts.out", "", "Parts that it sent by multicast."),
          counter("cast.symbolsLost", "cast.symbols.lost", "", "Symbols that did not come."),
          counter("cast.symbolsIn", "cast.symbols.in", "", "Symbols that came."),
          counter("cast.symbolsOut", "cast.symbols.out", "", "Symbols that it sent."),
          counter("cast.nacksOut", "cast.nacks.out", "", "Times that it asked for more."));

  private SiteMeters() {}

  private static Meter<EdgeSite.Site> here(
      String key, String name, String unit, String description) {
    return Meter.counter(
        "millrace.site." + name, unit, description, site -> site.here().getOrDefault(key, 0L));
  }

  private static Meter<EdgeSite.Relay> gauge(String key, String name, String description) {
    return Meter.gauge("millrace.relay." + name, "", description, relay -> counted(relay, key));
  }

  private static Meter<EdgeSite.Relay> counter(
      String key, String name, String unit, String description) {
    return Meter.counter("millrace.relay." + name, unit, description, relay -> counted(relay, key));
  }

  private static long counted(EdgeSite.Relay relay, String key) {
    return relay.counters().getOrDefault(key, 0L);
  }
}
