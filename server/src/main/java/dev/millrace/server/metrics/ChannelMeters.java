package dev.millrace.server.metrics;

import dev.millrace.relay.iptv.ChannelFacts;
import java.util.List;

/** The meters of each channel of IPTV. */
final class ChannelMeters {
  static final List<Meter<ChannelFacts>> ALL =
      List.of(
          Meter.gauge(
              "millrace.iptv.sending",
              "",
              "1 while packets go out, 0 while the stream is away.",
              channel -> channel.sender().sending() ? 1 : 0),
          Meter.gauge(
              "millrace.iptv.rate",
              "bits_per_second",
              "Rate of the transport stream with its null packets.",
              channel -> channel.sender().rateBps()),
          Meter.counter(
              "millrace.iptv.datagrams",
              "",
              "Datagrams of media sent.",
              channel -> channel.sender().datagrams()),
          Meter.counter(
              "millrace.iptv.parity.datagrams",
              "",
              "Datagrams of forward error correction sent.",
              channel -> channel.sender().parityDatagrams()),
          Meter.counter(
              "millrace.iptv.null.packets",
              "",
              "Packets that only filled up the rate.",
              channel -> channel.sender().nullPackets()),
          Meter.counter(
              "millrace.iptv.late.packets",
              "",
              "Packets sent when the time to decode them was over: the rate is too low.",
              channel -> channel.sender().latePackets()),
          Meter.counter(
              "millrace.iptv.dropped.frames",
              "",
              "Frames that were not sent, because something before them was missing or too late.",
              channel -> channel.sender().droppedFrames()),
          Meter.counter(
              "millrace.iptv.restarts",
              "",
              "Jumps of the timeline, told to receivers as a discontinuity.",
              channel -> channel.sender().restarts()),
          Meter.counter(
              "millrace.iptv.failures",
              "",
              "Datagrams that the network refused.",
              channel -> channel.sender().failures()));

  private ChannelMeters() {}
}
