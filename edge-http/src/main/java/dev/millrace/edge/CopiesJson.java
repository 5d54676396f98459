package dev.millrace.edge;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;

/** Which nodes have a stream and where it is watched, as the API tells it. */
final class CopiesJson {
  private CopiesJson() {}

  static JsonArray of(List<StreamCopy> copies, ClusterFacts cluster) {
    JsonArray json = new JsonArray();
    copies.forEach(
        copy ->
            json.add(
                node(cluster, copy.node())
                    .put("kind", copy.kind().name().toLowerCase(Locale.ROOT))
                    .put("state", copy.state().name().toLowerCase(Locale.ROOT))
                    .put("epoch", copy.epoch())));
    return json;
  }

  /** The state of a stream of which no more is known than that a node has it. */
  static String state(StreamCopy copy) {
    return switch (copy.state()) {
      case FILLING, LIVE -> "live";
      case AWAY -> "waiting";
      case ENDED -> "ended";
    };
  }

  static void addViewers(JsonArray to, ClusterFacts cluster, String node, ViewerSample viewers) {
    if (viewers.count() > 0) {
      to.add(node(cluster, node).put("viewers", viewers.count()));
    }
  }

  private static JsonObject node(ClusterFacts cluster, String id) {
    return new JsonObject()
        .put("node", id)
        .put("name", cluster.node(id).map(ClusterNode::name).orElse(id));
  }
}
