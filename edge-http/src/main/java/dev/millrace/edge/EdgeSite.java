package dev.millrace.edge;

import dev.millrace.media.StreamPath;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What an edge knows of sites, the controlled networks that have relays of their own. Called on
 * event loops: answers from memory.
 *
 * @param serves whether a viewer at this address is served here, which is empty where nobody knows
 *     it; the relay of a site refuses others than those of its subnets
 * @param relays of the site that an address belongs to, as nodes that viewers can load a stream
 *     from, or whatever its relays have; none where it belongs to no site, none of them is there,
 *     or the stream is not for the site
 * @param facts for operators
 */
public record EdgeSite(
    Predicate<Optional<InetAddress>> serves,
    BiFunction<Optional<StreamPath>, InetAddress, List<ClusterNode>> relays,
    Supplier<List<Site>> facts) {
  /** No sites, and everybody is served. */
  public static final EdgeSite NONE =
      new EdgeSite(viewer -> true, (path, viewer) -> List.of(), List::of);

  /** The relays of a viewer's site; none where nobody knows where he is. */
  List<ClusterNode> relaysOf(Optional<StreamPath> path, Optional<InetAddress> viewer) {
    return viewer.map(from -> relays.apply(path, from)).orElse(List.of());
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
