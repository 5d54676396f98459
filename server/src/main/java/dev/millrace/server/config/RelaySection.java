package dev.millrace.server.config;

import dev.millrace.cluster.NodeRole;
import dev.millrace.relay.iptv.IptvChannel;
import java.util.List;

/** Reads the section {@code relay}. */
final class RelaySection {
  private RelaySection() {}

  static RelayConfig read(Settings settings) {
    List<IptvChannel> channels = settings.get(RelayKeys.IPTV_CHANNELS);
    NodeConfig.require(
        settings,
        RelayKeys.IPTV_CHANNELS,
        channels.stream().map(IptvChannel::name).distinct().count() == channels.size()
            && channels.stream().map(IptvChannel::to).distinct().count() == channels.size(),
        "different names and different addresses");
    NodeConfig.require(
        settings,
        RelayKeys.IPTV_CHANNELS,
        channels.isEmpty() || settings.get(ConfigKeys.NODE_ROLES).contains(NodeRole.RELAY),
        "none on a node without the role relay (node.roles, --roles)");
    NodeConfig.require(
        settings,
        RelayKeys.VIEWERS_SHARE,
        !settings.get(RelayKeys.VIEWERS_SHARE)
            || settings.get(ConfigKeys.NODE_ROLES).contains(NodeRole.EDGE),
        "false on a node without the role edge (node.roles, --roles)");
    return new RelayConfig(
        channels,
        settings.get(RelayKeys.IPTV_SAP),
        settings.get(RelayKeys.SITES),
        settings.get(RelayKeys.VIEWERS_SHARE),
        settings.get(RelayKeys.CLASSIC_VIEW),
        settings.get(RelayKeys.STUN_PORT),
        SiteSection.read(settings),
        IptvInSection.read(settings));
  }
}
