package dev.millrace.server.config;

import dev.millrace.relay.swarm.Subnet;
import java.net.URI;
import java.util.List;

/** The keys of the section {@code relay} that are about the relays of sites. */
public final class SiteKeys {
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

  static final List<ConfigKey<?>> ALL = List.of(PORT, BANDWIDTH, UPSTREAMS, SUBNETS, MESH);

  private SiteKeys() {}
}
