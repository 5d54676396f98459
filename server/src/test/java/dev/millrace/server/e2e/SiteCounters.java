package dev.millrace.server.e2e;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What each relay of a site counted, by the relay's name. Relays report every 5 s, each at a moment
 * of its own.
 */
record SiteCounters(Map<String, Map<String, Long>> byRelay) {
  private static final Pattern RELAY =
      Pattern.compile("\"name\":\"(relay\\d+)\".*?\"counters\":\\{([^}]*)\\}");

  /** Since they started, as their last reports to an edge have it. */
  static SiteCounters at(NodeUnderTest edge) {
    return new SiteCounters(
        RELAY
            .matcher(edge.get("/api/v1/relay/sites").body())
            .results()
            .collect(Collectors.toMap(found -> found.group(1), found -> parse(found.group(2)))));
  }

  private static Map<String, Long> parse(String json) {
    return Stream.of(json.replace("\"", "").split(",", -1))
        .map(each -> each.split(":", -1))
        .filter(each -> each.length == 2)
        .collect(Collectors.toMap(each -> each[0], each -> Long.parseLong(each[1])));
  }

  /** What they counted since then, of the relays that are in both. */
  SiteCounters since(SiteCounters before) {
    return new SiteCounters(
        byRelay.keySet().stream()
            .filter(before.byRelay::containsKey)
            .collect(
                Collectors.toMap(
                    relay -> relay,
                    relay ->
                        byRelay.getOrDefault(relay, Map.of()).entrySet().stream()
                            .collect(
                                Collectors.toMap(
                                    Map.Entry::getKey,
                                    each -> each.getValue() - before.of(relay, each.getKey()))))));
  }

  /** A counter of a relay; 0 where it has none. */
  long of(String relay, String counter) {
    return byRelay.getOrDefault(relay, Map.of()).getOrDefault(counter, 0L);
  }

  /** A counter over all relays. */
  long sum(String counter) {
    return byRelay.keySet().stream().mapToLong(relay -> of(relay, counter)).sum();
  }

  /** A counter of the relay that counted least; 0 without relays. */
  long least(String counter) {
    return byRelay.keySet().stream().mapToLong(relay -> of(relay, counter)).min().orElse(0);
  }

  /** A counter of the relay that counted most; 0 without relays. */
  long most(String counter) {
    return byRelay.keySet().stream().mapToLong(relay -> of(relay, counter)).max().orElse(0);
  }

  /** Who fed most parts into the site. */
  String feeder() {
    return byRelay.keySet().stream()
        .max((a, b) -> Long.compare(of(a, "mesh.fed"), of(b, "mesh.fed")))
        .orElseThrow();
  }

  /**
   * Copies of a part from the edge. Reports are of different moments: so of each relay its share of
   * the parts that it counted itself.
   */
  double copies() {
    return byRelay.keySet().stream()
        .mapToDouble(relay -> of(relay, "mesh.edgeParts") / (double) of(relay, "mesh.parts"))
        .sum();
  }

  /** What the relays did, for measurements. */
  String text() {
    return "%.2f copies of a part from the edge; of %d parts fed %d, hedged %d, fallback %d, asked %d; chunks in %d, repaired %d, duplicates %d, late %d, expired %d; blames %d"
            .formatted(
                copies(),
                least("mesh.parts"),
                sum("mesh.fed"),
                sum("mesh.hedged"),
                sum("mesh.fallback"),
                sum("mesh.asked"),
                sum("mesh.chunksIn"),
                sum("mesh.repaired"),
                sum("mesh.duplicates"),
                sum("mesh.late"),
                sum("mesh.expired"),
                sum("mesh.blames"))
        + "; by multicast parts out %d, in %d; symbols out %d, of these parity %d, in %d, lost %d; blocks %d, repaired %d; NACKs %d; heard no more %d times"
            .formatted(
                sum("cast.partsOut"),
                sum("cast.partsIn"),
                sum("cast.symbolsOut"),
                sum("cast.parityOut"),
                sum("cast.symbolsIn"),
                sum("cast.symbolsLost"),
                sum("cast.blocks"),
                sum("cast.blocksRepaired"),
                sum("cast.nacksOut"),
                sum("cast.falls"));
  }
}
