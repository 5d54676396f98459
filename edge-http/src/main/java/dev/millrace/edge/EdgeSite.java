package dev.millrace.edge;

import java.net.InetAddress;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What an edge knows of sites, the controlled networks that have relays of their own. Called on
 * event loops: answers from memory.
 *
 * @param serves whether a viewer at this address is served here; the relay of a site refuses others
 * @param relays of the site that an address belongs to, as nodes that viewers can load from; empty
 *     where it belongs to none, or none of its relays is there
 */
public record EdgeSite(
    Predicate<InetAddress> serves, Function<InetAddress, List<ClusterNode>> relays) {
  /** No sites, and everybody is served. */
  public static final EdgeSite NONE = new EdgeSite(viewer -> true, viewer -> List.of());
}
