package dev.millrace.server.metrics;

import dev.millrace.relay.iptv.Reception;
import dev.millrace.relay.iptv.ReceptionFacts;
import java.util.List;

/** The meters of each channel of IPTV that is received. */
final class ReceptionMeters {
  static final List<Meter<ReceptionFacts>> ALL =
      List.of(
          Meter.gauge(
              "millrace.iptv.received.live",
              "",
              "1 while the channel comes from its group, 0 while it does not.",
              channel -> channel.state() == Reception.State.LIVE ? 1 : 0),
          Meter.gauge(
              "millrace.iptv.received.fallback",
              "",
              "1 while the channel is read from its sender by HTTP.",
              channel -> channel.state() == Reception.State.FALLBACK ? 1 : 0),
          Meter.gauge(
              "millrace.iptv.received.viewers",
              "",
              "Who the channel is received for, a publication among them.",
              ReceptionFacts::viewers),
          Meter.counter(
              "millrace.iptv.received.packets",
              "",
              "RTP packets received, each once.",
              channel -> channel.receiver().received()),
          Meter.counter(
              "millrace.iptv.received.recovered",
              "",
              "RTP packets brought back by forward error correction.",
              channel -> channel.receiver().recovered()),
          Meter.counter(
              "millrace.iptv.received.repaired",
              "",
              "RTP packets that the sender sent once more.",
              ReceptionFacts::repaired),
          Meter.counter(
              "millrace.iptv.received.lost",
              "",
              "RTP packets that were given up.",
              channel -> channel.receiver().lost()),
          Meter.counter(
              "millrace.iptv.received.rejoins",
              "",
              "Times that the group was joined anew after it had fallen silent.",
              ReceptionFacts::rejoins),
          Meter.counter(
              "millrace.iptv.received.fallbacks",
              "",
              "Times that the channel was read from its sender by HTTP.",
              ReceptionFacts::fallbacks));

  private ReceptionMeters() {}
}
