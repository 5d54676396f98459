package dev.millrace.server.config;

import dev.millrace.cluster.NodeRole;
import dev.millrace.relay.iptv.IptvChannel;
import dev.millrace.relay.iptv.ReceivedChannel;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads what the section {@code relay} says about IPTV that is received. */
final class IptvInSection {
  private IptvInSection() {}

  static RelayConfig.IptvIn read(Settings settings) {
    List<ReceivedChannel> channels = settings.get(IptvInKeys.CHANNELS);
    Set<NodeRole> roles = Set.copyOf(settings.get(ConfigKeys.NODE_ROLES));
    List<String> names =
        Stream.concat(
                channels.stream().map(ReceivedChannel::name),
                settings.get(RelayKeys.IPTV_CHANNELS).stream().map(IptvChannel::name))
            .toList();
    NodeConfig.require(
        settings,
        IptvInKeys.CHANNELS,
        names.stream().distinct().count() == names.size(),
        "different names, which channels of relay.iptv-channels do not have either");
    boolean relay = roles.contains(NodeRole.RELAY);
    NodeConfig.require(
        settings,
        IptvInKeys.CHANNELS,
        channels.isEmpty() || relay,
        "none on a node without the role relay (node.roles, --roles)");
    NodeConfig.require(
        settings,
        IptvInKeys.GROUPS,
        settings.get(IptvInKeys.GROUPS).isEmpty() || relay,
        "none on a node without the role relay (node.roles, --roles)");
    NodeConfig.require(
        settings,
        IptvInKeys.CHANNELS,
        roles.contains(NodeRole.INGEST)
            || channels.stream().allMatch(each -> each.publish().isEmpty()),
        "no publish on a node without the role ingest (node.roles, --roles)");
    String by = settings.get(IptvInKeys.INTERFACE);
    return new RelayConfig.IptvIn(
        channels,
        settings.get(IptvInKeys.GROUPS),
        by.isEmpty() ? Optional.empty() : Optional.of(by));
  }
}
