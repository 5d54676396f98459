package dev.millrace.server.config;

import dev.millrace.relay.iptv.IptvChannel;
import java.util.List;

/** The section {@code relay}: what goes to large controlled networks. */
final class RelayKeys {
  static final ConfigKey<List<IptvChannel>> IPTV_CHANNELS =
      new ConfigKey<>(
          "relay.iptv-channels",
          ValueType.IPTV_CHANNELS,
          List.of(),
          """
          Streams to send as MPEG-TS to multicast groups or addresses, each as
          "NAME=APP/STREAM rtp://GROUP:PORT?OPTIONS" (or udp://): docs/operate/iptv.md has the options.
          Needs the role relay.\
          """);
  static final ConfigKey<Boolean> IPTV_SAP =
      new ConfigKey<>(
          "relay.iptv-sap",
          ValueType.SWITCH,
          false,
          "Announce the channels that go to multicast groups (SAP), so that players list them.");

  static final List<ConfigKey<?>> ALL = List.of(IPTV_CHANNELS, IPTV_SAP);

  private RelayKeys() {}
}
