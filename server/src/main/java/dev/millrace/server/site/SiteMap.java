package dev.millrace.server.site;

import dev.millrace.edge.ClusterNode;
import dev.millrace.media.ProtocolException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Where players of a site can load from, as an edge tells its relays in answer to a report: a line
 * for each node, with its role, id, name, URL, share of load and {@code draining} or {@code
 * serving}. Immutable.
 */
public record SiteMap(List<ClusterNode> edges, List<ClusterNode> relays) {
  /** Nothing yet. */
  public static final SiteMap NONE = new SiteMap(List.of(), List.of());

  private static final int WORDS = 6;

  public SiteMap {
    edges = List.copyOf(edges);
    relays = List.copyOf(relays);
  }

  /** A relay in the words of the edge. */
  public static ClusterNode relay(SiteReport report) {
    return node(
        "relay", report.id(), report.name(), report.url(), report.share(), report.draining());
  }

  private static ClusterNode node(
      String role, String id, String name, URI url, double share, boolean draining) {
    return new ClusterNode(
        id,
        name,
        Set.of(role),
        "",
        0,
        url,
        Optional.of(url),
        Optional.empty(),
        new ClusterNode.Load(1, share, 0, 0, 0, 0, 0),
        draining,
        Instant.EPOCH,
        0,
        "",
        0,
        0);
  }

  /** The text form; nodes without an address for viewers are left out. */
  public String text() {
    StringBuilder text = new StringBuilder();
    edges.forEach(each -> write("edge", each, text));
    relays.forEach(each -> write("relay", each, text));
    return text.toString();
  }

  private static void write(String role, ClusterNode node, StringBuilder out) {
    node.viewers()
        .ifPresent(
            url ->
                out.append(role)
                    .append(' ')
                    .append(node.id())
                    .append(' ')
                    .append(node.name())
                    .append(' ')
                    .append(url)
                    .append(' ')
                    .append(node.load().share())
                    .append(node.draining() ? " draining\n" : " serving\n"));
  }

  /**
   * Reads the text form; lines that it does not know are passed over.
   *
   * @throws ProtocolException (malformed) if a known line is not right
   */
  public static SiteMap parse(String text) {
    List<ClusterNode> edges = new ArrayList<>();
    List<ClusterNode> relays = new ArrayList<>();
    Function<String[], ClusterNode> read =
        words ->
            node(
                words[0],
                words[1],
                words[2],
                URI.create(words[3]),
                Double.parseDouble(words[4]),
                words[5].equals("draining"));
    for (String line : text.lines().toList()) {
      String[] words = line.split(" ", -1);
      try {
        if (words.length == WORDS && words[0].equals("edge")) {
          edges.add(read.apply(words));
        } else if (words.length == WORDS && words[0].equals("relay")) {
          relays.add(read.apply(words));
        }
      } catch (IllegalArgumentException e) {
        throw ProtocolException.malformed("'" + line + "' names no node");
      }
    }
    return new SiteMap(edges, relays);
  }
}
