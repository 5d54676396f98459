package dev.millrace.server.config;

import dev.millrace.relay.iptv.ReceivedChannel;
import dev.millrace.relay.swarm.Subnet;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The keys of the section {@code relay} that are about IPTV that is received. */
final class IptvInKeys {
  private static final ValueType<List<ReceivedChannel>> CHANNELS_TYPE =
      new ValueType<>(
          "a list of \"NAME=rtp://GROUP:PORT?OPTIONS\" (docs/operate/iptv.md)",
          ValueType.Form.TEXT_LIST,
          IptvInKeys::read,
          list -> String.join(", ", list.stream().map(ReceivedChannel::line).toList()));

  static final ConfigKey<List<ReceivedChannel>> CHANNELS =
      new ConfigKey<>(
          "relay.iptv-receive",
          CHANNELS_TYPE,
          List.of(),
          """
          MPEG-TS to receive, each as "NAME=rtp://GROUP:PORT?OPTIONS" (or udp://): it is watched at
          /iptv/NAME.ts, and with publish=APP/STREAM becomes a stream: docs/operate/iptv.md has the options.
          Needs the role relay, and to publish the role ingest.\
          """);
  static final ConfigKey<List<Subnet>> GROUPS =
      new ConfigKey<>(
          "relay.iptv-groups",
          ValueType.SUBNETS,
          List.of(),
          """
          Multicast groups that viewers may ask for at /udp/GROUP:PORT and /rtp/GROUP:PORT, like
          239.255.0.0/16, beside those of relay.iptv-receive. Needs the role relay.\
          """);
  static final ConfigKey<String> INTERFACE =
      new ConfigKey<>(
          "relay.iptv-interface",
          ValueType.TEXT,
          "",
          "Name or address of the interface on which those groups are joined. Empty: the system's"
              + " choice.");

  static final List<ConfigKey<?>> ALL = List.of(CHANNELS, GROUPS, INTERFACE);

  private IptvInKeys() {}

  private static Optional<List<ReceivedChannel>> read(String text) {
    if (text.isBlank()) {
      return Optional.of(List.of());
    }
    try {
      return Optional.of(Arrays.stream(text.split(",", -1)).map(ReceivedChannel::read).toList());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
