package dev.millrace.server.config;

import dev.millrace.relay.iptv.IptvChannel;
import dev.millrace.relay.iptv.ReceivedChannel;
import dev.millrace.relay.mesh.udp.GroupAddress;
import dev.millrace.relay.swarm.Subnet;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * What the section {@code relay} says. Immutable; lists are the settings' own.
 *
 * @param iptvSap whether channels are announced
 * @param viewersShare whether viewers of the classic view may share segments
 * @param classicView whether those who may get the classic view unasked
 * @param stunPort 0: any free one
 * @param siteRelays what is said of the relays of sites
 */
public record RelayConfig(
    List<IptvChannel> iptvChannels,
    boolean iptvSap,
    List<Site> sites,
    boolean viewersShare,
    boolean classicView,
    int stunPort,
    SiteRelays siteRelays,
    IptvIn iptvIn) {
  /**
   * What is received of IPTV.
   *
   * @param groups that viewers may ask for beside the channels
   * @param networkInterface on which those are joined; empty: the system's choice
   */
  public record IptvIn(
      List<ReceivedChannel> channels, List<Subnet> groups, Optional<String> networkInterface) {
    /** Whether anything is. */
    public boolean isOn() {
      return !channels.isEmpty() || !groups.isEmpty();
    }
  }

  /**
   * What is said of the relays of sites.
   *
   * @param port at which an edge serves them; 0: any free one
   * @param bandwidthBps of all relays of one site; 0: no limit
   * @param streams that they may read
   * @param upstreams edges at which this node reads as the relay of a site; empty if it is none
   * @param subnets that it serves as a relay; empty: all
   * @param mesh whether it shares parts with the other relays of its site
   * @param logReaders how many of them read a log at edges then
   * @param group by which it does so beside connections
   */
  public record SiteRelays(
      int port,
      long bandwidthBps,
      SiteStreams streams,
      List<URI> upstreams,
      List<Subnet> subnets,
      boolean mesh,
      int logReaders,
      Optional<MeshGroup> group) {
    /** Whether this node is the relay of a site. */
    public boolean isOne() {
      return !upstreams.isEmpty();
    }
  }

  /**
   * The multicast group of the relays of a site.
   *
   * @param networkInterface by name or address; empty: the system's choice
   */
  public record MeshGroup(GroupAddress group, Optional<String> networkInterface, int ttl) {}
}
