package dev.millrace.edge;

import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.StreamPath;
import dev.millrace.media.hls.ContentSteering;
import dev.millrace.media.log.StreamView;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Where a player is to load a stream from (RFC 8216bis §7.2): the relays of its site first, then
 * the edges, both by {@link SteeringOrder}, each a clone of the pathway that the player is on.
 * Edges of the same scheme and port differ by HOST; others are given by all their URIs, since
 * hls.js and the text know no port there. An edge without TLS is left out where this one has it:
 * browsers refuse to mix.
 */
final class SteeringManifest {
  /** As many edges as a player is told of: it asks again often enough to learn of others. */
  static final int MAX_PATHWAYS = 16;

  /** Of one site; enough to spread its viewers. */
  private static final int MAX_RELAYS = 8;

  private final ClusterFacts cluster;
  private final List<ClusterNode> relays;
  private final StreamPath path;
  private final StreamView view;
  private final long ttlSeconds;

  SteeringManifest(ClusterFacts cluster, StreamPath path, StreamView view, long ttlSeconds) {
    this(cluster, List.of(), path, view, ttlSeconds);
  }

  /**
   * @param relays of the player's site
   * @param view what this edge knows of the stream; may be empty
   */
  SteeringManifest(
      ClusterFacts cluster,
      List<ClusterNode> relays,
      StreamPath path,
      StreamView view,
      long ttlSeconds) {
    this.cluster = cluster;
    this.relays = reachable(cluster, relays);
    this.path = path;
    this.view = view;
    this.ttlSeconds = ttlSeconds;
  }

  /**
   * The manifest for one player.
   *
   * @param present the pathway that it says it is on; empty if it does not say
   * @param player a hash of it
   * @param ownDrains whether this edge wants players to leave, whatever the cluster knows
   */
  JsonObject of(String present, long player, boolean ownDrains) {
    Map<String, ClusterNode> edges = new HashMap<>();
    List<ClusterNode> all = reachable(cluster);
    all.forEach(each -> edges.put(each.id(), each));
    relays.forEach(each -> edges.put(each.id(), each));
    List<String> order =
        Stream.of(
                order(relays, present, player, ownDrains, false).stream().limit(MAX_RELAYS),
                order(all, present, player, ownDrains, false).stream(),
                order(all, present, player, ownDrains, true).stream(),
                order(relays, present, player, ownDrains, true).stream())
            .flatMap(Function.identity())
            .limit(MAX_PATHWAYS)
            .toList();
    String base = present.isEmpty() ? cluster.self() : present;
    JsonArray clones = new JsonArray();
    order.stream()
        .filter(id -> !id.equals(base))
        .flatMap(id -> Stream.ofNullable(edges.get(id)))
        .forEach(each -> clone(base, Optional.ofNullable(edges.get(base)), each, clones));
    JsonObject json =
        new JsonObject()
            .put("VERSION", 1)
            .put("TTL", ttlSeconds)
            .put("RELOAD-URI", reloadUri(order, edges))
            .put("PATHWAY-PRIORITY", new JsonArray(order));
    return clones.isEmpty() ? json : json.put("PATHWAY-CLONES", clones);
  }

  /** Those that drain or those that do not, best first. */
  private List<String> order(
      List<ClusterNode> nodes, String present, long player, boolean ownDrains, boolean draining) {
    return SteeringOrder.of(
        nodes.stream()
            .map(each -> edge(each, ownDrains && each.id().equals(cluster.self())))
            .filter(each -> each.draining() == draining)
            .toList(),
        present,
        player);
  }

  /** The address of a stream's manifest on every edge. */
  static String uri(StreamPath path) {
    return "/steering/" + path + ".json";
  }

  /** Edges of the cluster that a player of this one can load from. */
  static List<ClusterNode> reachable(ClusterFacts cluster) {
    return reachable(
        cluster, cluster.nodes().stream().filter(each -> each.roles().contains("edge")).toList());
  }

  /** Those of these nodes that a player of this edge can load from. */
  static List<ClusterNode> reachable(ClusterFacts cluster, List<ClusterNode> nodes) {
    boolean secure =
        cluster
            .own()
            .flatMap(ClusterNode::viewers)
            .filter(own -> "https".equals(own.getScheme()))
            .isPresent();
    return nodes.stream()
        .filter(
            each ->
                each.viewers().filter(to -> !secure || "https".equals(to.getScheme())).isPresent())
        .toList();
  }

  private static SteeringOrder.Edge edge(ClusterNode node, boolean drains) {
    return new SteeringOrder.Edge(node.id(), node.load().share(), drains || node.draining());
  }

  /**
   * Who is sent elsewhere asks there from now on, where it will be known how that edge fares; who
   * stays asks here; who is sent to a relay, too, since an edge knows when a relay is gone.
   */
  private String reloadUri(List<String> order, Map<String, ClusterNode> edges) {
    return order.stream()
        .findFirst()
        .filter(first -> !first.equals(cluster.self()))
        .filter(first -> relays.stream().noneMatch(relay -> relay.id().equals(first)))
        .flatMap(first -> Optional.ofNullable(edges.get(first)))
        .flatMap(ClusterNode::viewers)
        .map(elsewhere -> elsewhere + uri(path))
        .orElseGet(() -> uri(path));
  }

  private void clone(String baseId, Optional<ClusterNode> base, ClusterNode to, JsonArray out) {
    URI target = to.viewers().orElseThrow();
    JsonObject replacement = new JsonObject();
    if (base.flatMap(ClusterNode::viewers).filter(from -> differInHost(from, target)).isPresent()) {
      replacement.put("HOST", target.getHost());
    } else {
      JsonObject variants = new JsonObject();
      JsonObject renditions = new JsonObject();
      uris(target).forEach((id, uri) -> variants.put(id, uri));
      sounds(target).forEach((id, uri) -> renditions.put(id, uri));
      if (variants.isEmpty()) {
        return; // Nothing is known of the stream here yet; the player asks again.
      }
      replacement.put("PER-VARIANT-URIS", variants);
      if (!renditions.isEmpty()) {
        replacement.put("PER-RENDITION-URIS", renditions);
      }
    }
    out.add(
        new JsonObject()
            .put("BASE-ID", baseId)
            .put("ID", to.id())
            .put("URI-REPLACEMENT", replacement));
  }

  private static boolean differInHost(URI from, URI to) {
    return from.getScheme().equals(to.getScheme()) && from.getPort() == to.getPort();
  }

  /** All that may be a variant, by stable id: also renditions that are withdrawn now. */
  private Map<String, String> uris(URI edge) {
    Map<String, String> uris = new TreeMap<>();
    for (MediaType type : MediaType.values()) {
      renditions(type)
          .forEach(name -> uris.put(ContentSteering.stableId(name), uri(edge, name, "index.m3u8")));
    }
    renditions(MediaType.VIDEO)
        .forEach(
            name ->
                uris.put(
                    ContentSteering.stableId(name) + ".iframes", uri(edge, name, "iframes.m3u8")));
    return uris;
  }

  private Map<String, String> sounds(URI edge) {
    Map<String, String> uris = new TreeMap<>();
    renditions(MediaType.AUDIO)
        .forEach(name -> uris.put(ContentSteering.stableId(name), uri(edge, name, "index.m3u8")));
    return uris;
  }

  private Stream<String> renditions(MediaType type) {
    return view.renditions().stream()
        .filter(each -> each.description().type() == type)
        .map(each -> each.description().name());
  }

  private String uri(URI edge, String rendition, String file) {
    return edge + "/hls/" + path + "/" + rendition + "/" + file;
  }
}
