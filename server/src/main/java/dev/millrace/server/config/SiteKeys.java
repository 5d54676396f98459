package dev.millrace.server.config;

import dev.millrace.relay.mesh.udp.GroupAddress;
import dev.millrace.relay.swarm.Subnet;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** The keys of the section {@code relay} that are about the relays of sites. */
public final class SiteKeys {
  private static final ValueType<Optional<GroupAddress>> GROUP_TYPE =
      new ValueType<>(
          "a multicast group and port like 239.255.7.1:7482 or [ff15::71]:7482",
          ValueType.Form.TEXT,
          SiteKeys::readGroup,
          group -> group.map(GroupAddress::toString).orElse(""));

  static final ConfigKey<Integer> PORT =
      new ConfigKey<>(
          "relay.site-port",
          ValueType.PORT,
          7810,
          """
          TCP port (HTTPS) at which an edge of a cluster serves the relays of the sites in relay.sites, where
          millrace secret --site NAME lets them in: docs/operate/relays.md. 0: any free one. Open only
          where there are sites.\
          """);
  static final ConfigKey<Long> BANDWIDTH =
      new ConfigKey<>(
          "relay.site-bandwidth",
          ValueType.BANDWIDTH,
          0L,
          "What the relays of one site together may take from this edge. 0: no limit.");
  static final ConfigKey<SiteStreams> STREAMS =
      new ConfigKey<>(
          "relay.site-streams",
          ValueType.SITE_STREAMS,
          SiteStreams.ALL,
          """
          The streams that the relays of a site may read, each site as SITE=APP/STREAM and further ones behind
          it: campus=live/lectures-*, live/news, hotel=tv/*. A site that is not named may read all. The same
          at all edges.\
          """);
  public static final ConfigKey<List<URI>> UPSTREAMS =
      new ConfigKey<>(
          "relay.upstreams",
          ValueType.UPSTREAMS,
          List.of(),
          """
          Makes this node a relay of a site: the edges at which it reads, two or more, as https://HOST:PORT with
          their relay.site-port. Needs the role relay alone, the cluster mr-SITE and the site's secret file.\
          """);
  static final ConfigKey<List<Subnet>> SUBNETS =
      new ConfigKey<>(
          "relay.subnets",
          ValueType.SUBNETS,
          List.of(),
          """
          Whose viewers this relay serves, beside those of its own machine. Empty: whoever reaches it.\
          """);

  static final ConfigKey<Boolean> MESH =
      new ConfigKey<>(
          "relay.mesh",
          ValueType.SWITCH,
          false,
          """
          The relays of the site share parts, so that each leaves an edge about once however many relays
          there are. The same on all of them. On trial.\
          """);

  static final ConfigKey<Integer> LOG_READERS =
      new ConfigKey<>(
          "relay.log-readers",
          ValueType.integer("a whole number, 1 to 64", 1, 64),
          8,
          """
          With relay.mesh: how many relays of the site read the log of a stream at edges; all others read it
          at two of these. The same on all of them.\
          """);

  static final ConfigKey<Optional<GroupAddress>> MESH_GROUP =
      new ConfigKey<>(
          "relay.mesh-group",
          GROUP_TYPE,
          Optional.empty(),
          """
          Multicast group and port by which the relays of the site share parts where their switches carry it,
          like 239.255.7.1:7482 or [ff15::71]:7482, the same on all of them: docs/operate/relays.md. Needs
          relay.mesh. Empty: by connections only. On trial.\
          """);
  static final ConfigKey<String> MESH_INTERFACE =
      new ConfigKey<>(
          "relay.mesh-interface",
          ValueType.TEXT,
          "",
          "Name or address of the interface for relay.mesh-group. Empty: the system's choice.");
  static final ConfigKey<Integer> MESH_TTL =
      new ConfigKey<>(
          "relay.mesh-ttl",
          ValueType.integer("a whole number, 1 to 255", 1, 255),
          1,
          "Time to live of what is sent to relay.mesh-group. 1: not beyond the local network.");

  static final List<ConfigKey<?>> ALL =
      List.of(
          PORT,
          BANDWIDTH,
          STREAMS,
          UPSTREAMS,
          SUBNETS,
          MESH,
          LOG_READERS,
          MESH_GROUP,
          MESH_INTERFACE,
          MESH_TTL);

  private SiteKeys() {}

  private static Optional<Optional<GroupAddress>> readGroup(String text) {
    if (text.isBlank()) {
      return Optional.of(Optional.empty());
    }
    try {
      return Optional.of(Optional.of(GroupAddress.parse(text.strip())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
