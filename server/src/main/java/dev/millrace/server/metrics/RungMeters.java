package dev.millrace.server.metrics;

import dev.millrace.media.live.LadderFacts.RungFacts;
import java.util.List;

/** The meters of one rung of a stream's ladder; tags {@code stream} and {@code rung}. */
final class RungMeters {
  static final List<Meter<RungFacts>> ALL =
      List.of(
          Meter.gauge(
              "millrace.rung.speed.ratio",
              "",
              "Speed of encoding; 1 is real time and more is to spare, 0 is not measured.",
              RungFacts::speed),
          Meter.gauge(
              "millrace.rung.frame.rate",
              "",
              "Frames a second that come out; 0 for audio or if not measured.",
              RungFacts::fps),
          Meter.gauge(
              "millrace.rung.dropped",
              "",
              "1 while the rung is left out because the machine is too slow.",
              rung -> rung.dropped() ? 1 : 0),
          Meter.gauge(
              "millrace.rung.target.bits.per.second",
              "",
              "Bit rate that the rung is encoded for.",
              RungFacts::bitrateBps));

  private RungMeters() {}
}
