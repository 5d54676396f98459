package dev.millrace.edge;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The nodes of the cluster as JSON. Any thread. */
final class ClusterApi {
  private final Supplier<ClusterFacts> source;
  private final InstantSource wall;

  ClusterApi(EdgeCluster cluster, InstantSource wall) {
    this.source = cluster.facts();
    this.wall = wall;
  }

  /** All nodes and what differs between them. */
  JsonObject cluster() {
    ClusterFacts facts = source.get();
    JsonArray nodes = new JsonArray();
    facts.nodes().forEach(each -> nodes.add(node(each)));
    JsonArray behind = new JsonArray();
    facts.nodes().stream()
        .filter(each -> each.settingsRevision() != facts.settingsRevision())
        .forEach(each -> behind.add(each.name()));
    return new JsonObject()
        .put("name", facts.name())
        .put("node", facts.self())
        .put("coordinator", facts.coordinator())
        .put("viewVersion", facts.viewVersion())
        .put(
            "settings",
            new JsonObject()
                .put("revision", facts.settingsRevision())
                .put("differing", behind)
                .put("differences", differences(facts)))
        .put("nodes", nodes);
  }

  private static JsonArray differences(ClusterFacts facts) {
    JsonArray all = new JsonArray();
    facts
        .differences()
        .forEach(
            each -> {
              JsonArray nodes = new JsonArray();
              each.nodes().forEach(same -> nodes.add(new JsonArray(same)));
              all.add(new JsonObject().put("key", each.key()).put("nodes", nodes));
            });
    return all;
  }

  /**
   * The edges that a page can turn to when this one is gone, and the relays to which steering may
   * send it: it goes only where it was told of.
   */
  static JsonArray edges(ClusterFacts facts, List<ClusterNode> relays) {
    JsonArray edges = new JsonArray();
    Stream.concat(
            SteeringManifest.reachable(facts).stream(),
            SteeringManifest.reachable(facts, relays).stream())
        .forEach(
            each ->
                edges.add(
                    new JsonObject()
                        .put("id", each.id())
                        .put("name", each.name())
                        .put("url", each.viewers().orElseThrow().toString())
                        .put("draining", each.draining())));
    return edges;
  }

  private JsonObject node(ClusterNode node) {
    JsonObject addresses = new JsonObject().put("internal", node.internal().toString());
    node.viewers().ifPresent(to -> addresses.put("viewers", to.toString()));
    node.publishers().ifPresent(to -> addresses.put("publishers", to.toString()));
    ClusterNode.Load load = node.load();
    return new JsonObject()
        .put("id", node.id())
        .put("name", node.name())
        .put("roles", new JsonArray(new TreeSet<>(node.roles()).stream().toList()))
        .put("version", node.version())
        .put("protocol", node.protocol())
        .put("addresses", addresses)
        .put(
            "load",
            new JsonObject()
                .put("cores", load.cores())
                .put("busyCores", load.busyCores())
                .put("bytesOutPerSecond", load.bytesOutPerSecond())
                .put("maxBytesOutPerSecond", load.maxBytesOutPerSecond())
                .put("viewers", load.viewers())
                .put("workers", load.workers())
                .put("maxWorkers", load.maxWorkers()))
        .put("draining", node.draining())
        .put("startedAt", node.startedAt().toString())
        .put(
            "uptimeSeconds",
            Math.max(0, Duration.between(node.startedAt(), wall.instant()).toMillis() / 1000))
        .put("settingsRevision", node.settingsRevision())
        .put("settingsError", node.settingsError())
        .put(
            "streams", new JsonObject().put("ingest", node.ingests()).put("origin", node.copies()));
  }
}
