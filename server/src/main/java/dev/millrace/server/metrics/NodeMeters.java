package dev.millrace.server.metrics;

import dev.millrace.media.live.StreamFacts;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The meters of the node as a whole. */
final class NodeMeters {
  static final List<Meter<NodeFacts>> ALL =
      List.of(
          streams("live", StreamFacts.State.LIVE),
          streams("waiting", StreamFacts.State.WAITING),
          Meter.gauge(
              "millrace.rtmp.connections",
              "",
              "Open connections of publishers.",
              NodeFacts::rtmpConnections),
          Meter.gauge(
              "millrace.origin.held",
              "bytes",
              "Parts and segments that the origin keeps in memory.",
              NodeFacts::originBytes),
          Meter.gauge(
              "millrace.viewers",
              "",
              "Viewers of all streams who asked for a playlist of late.",
              sample -> sample.edge().viewers().values().stream().mapToInt(each -> each).sum()),
          Meter.gauge(
              "millrace.http.connections",
              "",
              "Open connections of viewers.",
              sample -> sample.edge().connections()),
          Meter.gauge(
              "millrace.http.held.requests",
              "",
              "Requests that wait for a playlist or part that does not exist yet.",
              sample -> sample.edge().heldRequests()),
          Meter.gauge(
              "millrace.http.cached",
              "bytes",
              "Media that the edge keeps outside the Java heap.",
              sample -> sample.edge().cachedBytes()),
          Meter.counter(
              "millrace.http.sent",
              "bytes",
              "Bodies sent to viewers, without headers.",
              sample -> sample.edge().bodyBytes()),
          Meter.counter(
              "millrace.http.playlists",
              "",
              "Requests answered with a playlist.",
              sample -> sample.edge().playlists()),
          Meter.counter(
              "millrace.http.media.files",
              "",
              "Requests answered with a part, a segment, an initialization section or a range.",
              sample -> sample.edge().mediaFiles()),
          errors("refused", sample -> sample.edge().refused()),
          errors("unavailable", sample -> sample.edge().unavailable()),
          errors("failed", sample -> sample.edge().failed()));

  private NodeMeters() {}

  private static Meter<NodeFacts> streams(String state, StreamFacts.State counted) {
    return Meter.<NodeFacts>gauge(
            "millrace.streams",
            "",
            "Streams with a publisher, and those that wait for theirs to come back.",
            sample -> sample.streams().stream().filter(each -> each.state() == counted).count())
        .tagged("state", state);
  }

  private static Meter<NodeFacts> errors(String kind, ToDoubleFunction<NodeFacts> value) {
    return Meter.counter(
            "millrace.http.errors",
            "",
            "Requests answered with 4xx (refused), 503 (unavailable) or another 5xx (failed).",
            value)
        .tagged("kind", kind);
  }
}
