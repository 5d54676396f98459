package dev.millrace.server.metrics;

import dev.millrace.media.live.LadderFacts;
import dev.millrace.media.live.StreamFacts;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The meters of one stream; its path is the tag {@code stream}. */
final class StreamMeters {
  /** A stream at one instant. */
  record Sample(StreamFacts facts, LadderFacts ladder, int viewers) {}

  static final List<Meter<Sample>> ALL =
      Stream.concat(
              Stream.of(
                  bitrate("video", sample -> sample.facts.videoBitrateBps()),
                  bitrate("audio", sample -> sample.facts.audioBitrateBps()),
                  Meter.<Sample>counter(
                      "millrace.stream.received",
                      "bytes",
                      "Media received from the publisher, all its sessions together.",
                      sample -> sample.facts.bytesReceived()),
                  Meter.<Sample>gauge(
                      "millrace.stream.frame.rate",
                      "",
                      "Video frames a second that the publisher sends, by media time.",
                      sample -> sample.facts.frameRate()),
                  Meter.<Sample>counter(
                      "millrace.stream.reconnects",
                      "",
                      "Sessions of the publisher after the first.",
                      sample -> sample.facts.reconnects()),
                  Meter.<Sample>gauge(
                      "millrace.stream.warnings",
                      "",
                      "Things that are wrong with the stream now; page and API say which.",
                      sample -> sample.facts.warnings().size()),
                  Meter.<Sample>gauge(
                      "millrace.stream.viewers",
                      "",
                      "Viewers who asked for a playlist of late.",
                      Sample::viewers),
                  Meter.<Sample>counter(
                      "millrace.ladder.worker.restarts",
                      "",
                      "Workers that had to be replaced since the stream began.",
                      sample -> sample.ladder.restarts()),
                  Meter.<Sample>gauge(
                      "millrace.ladder.lag",
                      "seconds",
                      "By how much the worker is behind the source.",
                      sample -> sample.ladder.lagMs() / 1e3)),
              Arrays.stream(LadderFacts.State.values()).map(StreamMeters::state))
          .toList();

  private StreamMeters() {}

  private static Meter<Sample> bitrate(String type, ToDoubleFunction<Sample> value) {
    return Meter.gauge(
            "millrace.stream.ingest.bits.per.second",
            "",
            "What arrives from the publisher, measured over the last seconds.",
            value)
        .tagged("type", type);
  }

  /** One of them is 1, as Prometheus has enumerations. */
  private static Meter<Sample> state(LadderFacts.State state) {
    return Meter.<Sample>gauge(
            "millrace.ladder.state",
            "",
            "1 for where the ladder of the stream stands, 0 for the other states.",
            sample -> sample.ladder.state() == state ? 1 : 0)
        .tagged("state", state.toString());
  }
}
