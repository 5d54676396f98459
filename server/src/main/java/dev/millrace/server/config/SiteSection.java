package dev.millrace.server.config;

import dev.millrace.cluster.NodeRole;
import dev.millrace.relay.mesh.udp.GroupAddress;
import dev.millrace.relay.swarm.Subnet;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Checks what is said of the relays of sites. */
final class SiteSection {
  private static final String PREFIX = dev.millrace.cluster.secret.ClusterKeys.siteCluster("");

  private SiteSection() {}

  /**
   * Reads it.
   *
   * @throws ConfigException if a value does not go with the others
   */
  static RelayConfig.SiteRelays read(Settings settings) {
    List<URI> upstreams = settings.get(SiteKeys.UPSTREAMS);
    List<Subnet> subnets = settings.get(SiteKeys.SUBNETS);
    Set<String> sites =
        settings.get(RelayKeys.SITES).stream().map(Site::name).collect(Collectors.toSet());
    NodeConfig.require(
        settings,
        SiteKeys.STREAMS,
        sites.containsAll(settings.get(SiteKeys.STREAMS).bySite().keySet()),
        "sites of relay.sites only, which are " + String.join(", ", new TreeSet<>(sites)));
    if (upstreams.isEmpty()) {
      mainCluster(settings);
    } else {
      relay(settings);
    }
    return new RelayConfig.SiteRelays(
        settings.get(SiteKeys.PORT),
        settings.get(SiteKeys.BANDWIDTH),
        settings.get(SiteKeys.STREAMS),
        upstreams,
        subnets,
        settings.get(SiteKeys.MESH),
        settings.get(SiteKeys.LOG_READERS),
        group(settings));
  }

  private static Optional<RelayConfig.MeshGroup> group(Settings settings) {
    Optional<GroupAddress> group = settings.get(SiteKeys.MESH_GROUP);
    NodeConfig.require(
        settings,
        SiteKeys.MESH_GROUP,
        group.isEmpty() || settings.get(SiteKeys.MESH),
        "none where relay.mesh is false");
    String on = settings.get(SiteKeys.MESH_INTERFACE);
    return group.map(
        address ->
            new RelayConfig.MeshGroup(
                address,
                on.isEmpty() ? Optional.empty() : Optional.of(on),
                settings.get(SiteKeys.MESH_TTL)));
  }

  private static void mainCluster(Settings settings) {
    NodeConfig.require(
        settings,
        ClusterKeys.NAME,
        !settings.get(ClusterKeys.NAME).startsWith(PREFIX),
        "another name: those with mr- are sites, whose relays need edges to read at"
            + " (relay.upstreams, --relay-upstream)");
    NodeConfig.require(
        settings,
        SiteKeys.MESH,
        !settings.get(SiteKeys.MESH),
        "false on a node that is no relay of a site (relay.upstreams)");
    NodeConfig.require(
        settings,
        SiteKeys.SUBNETS,
        settings.get(SiteKeys.SUBNETS).isEmpty(),
        "none on a node that is no relay of a site (relay.upstreams)");
  }

  private static void relay(Settings settings) {
    String cluster = settings.get(ClusterKeys.NAME);
    NodeConfig.require(
        settings,
        ClusterKeys.NAME,
        cluster.startsWith(PREFIX) && Site.isName(cluster.substring(PREFIX.length())),
        "mr-SITE (--cluster mr-SITE): the relays of a site are a cluster of their own");
    NodeConfig.require(
        settings,
        ConfigKeys.NODE_ROLES,
        Set.copyOf(settings.get(ConfigKeys.NODE_ROLES)).equals(Set.of(NodeRole.RELAY)),
        "relay alone (--roles relay): the relay of a site takes no publishers, encodes nothing and"
            + " keeps no copies; it serves viewers what it reads at edges");
    NodeConfig.require(
        settings,
        RelayKeys.SITES,
        settings.get(RelayKeys.SITES).isEmpty(),
        "none at the relay of a site: sites are named at the edges");
  }
}
