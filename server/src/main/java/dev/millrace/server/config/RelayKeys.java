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

  static final ConfigKey<List<Site>> SITES =
      new ConfigKey<>(
          "relay.sites",
          ValueType.SITES,
          List.of(),
          """
          Controlled networks and the subnets that viewers there have, each site as NAME=SUBNET and further
          subnets behind it: campus=10.20.0.0/16, 10.21.0.0/16, hotel=2001:db8:7::/48. Of subnets that
          overlap the narrowest counts. The same at all edges.\
          """);
  static final ConfigKey<Boolean> VIEWERS_SHARE =
      new ConfigKey<>(
          "relay.viewers-share",
          ValueType.SWITCH,
          false,
          """
          Viewers of the classic view (16 s behind live) may share segments with each other over WebRTC, if
          they agree: those of one site of relay.sites; where there are no sites, all. They see each
          other's addresses: docs/operate/sharing.md. Needs the role edge.\
          """);
  static final ConfigKey<Boolean> CLASSIC_VIEW =
      new ConfigKey<>(
          "relay.classic-view",
          ValueType.SWITCH,
          false,
          """
          The watch page opens the classic view for viewers whom relay.viewers-share lets share. Else they
          get it at /watch/APP/NAME?view=classic only.\
          """);
  static final ConfigKey<Integer> STUN_PORT =
      new ConfigKey<>(
          "relay.stun-port",
          ValueType.PORT,
          3478,
          """
          UDP port at which this edge tells viewers who share their own address (STUN); on http.host. 0: any
          free one. Open only where relay.viewers-share is on.\
          """);

  static final List<ConfigKey<?>> ALL =
      List.of(IPTV_CHANNELS, IPTV_SAP, SITES, VIEWERS_SHARE, CLASSIC_VIEW, STUN_PORT);

  private RelayKeys() {}
}
