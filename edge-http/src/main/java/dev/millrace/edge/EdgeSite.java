package dev.millrace.edge;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What an edge knows of sites, the controlled networks that have relays of their own. Called on
 * event loops: answers from memory.
 *
 * @param serves whether a viewer at this address is served here, which is empty where nobody knows
 *     it; the relay of a site refuses others than those of its subnets
 * @param relays of the site that an address belongs to, as nodes that viewers can load from; empty
 *     where it belongs to none, or none of its relays is there
 * @param facts for operators
 */
public record EdgeSite(
    Predicate<Optional<InetAddress>> serves,
    Function<InetAddress, List<ClusterNode>> relays,
    Supplier<List<Site>> facts) {
  /** No sites, and everybody is served. */
  public static final EdgeSite NONE = new EdgeSite(viewer -> true, viewer -> List.of(), List::of);

  /** The relays of a viewer's site; none where nobody knows where he is. */
  List<ClusterNode> relaysOf(Optional<InetAddress> viewer) {
    return viewer.map(relays).orElse(List.of());
  }

  /**
   * A site, as the edges of the cluster heard of it.
   *
   * @param subnets of its viewers
   * @param relays that reported in the last 15 s, to whichever edge
   * @param here what its relays took from this edge since it started, by name
   */
  public record Site(
      String name, List<String> subnets, List<Relay> relays, Map<String, Long> here) {}

  /**
   * A relay, as it reported.
   *
   * @param share of what it can do that it does, from 0
   * @param bytesPerSecond to viewers
   * @param ageMs of the report
   * @param counters by name, since it started
   */
  public record Relay(
      String id,
      String name,
      URI url,
      double share,
      int viewers,
      long bytesPerSecond,
      boolean draining,
      long ageMs,
      Map<String, Long> counters) {}
}
