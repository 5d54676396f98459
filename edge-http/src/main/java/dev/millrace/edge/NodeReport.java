package dev.millrace.edge;

import dev.millrace.media.StreamPath;
import dev.millrace.media.live.LadderFacts;
import dev.millrace.media.live.StreamFacts;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a node tells the others so that each can show all streams: facts and ladders of the streams
 * that are published at it, and who watches at its edge. One JSON text, without anything secret:
 *
 * <pre>{"streams": {"live/alice": {facts as in the API, "ladder": {...}}},
 * "viewers": {"live/alice": "base64 of ViewerSample"}}</pre>
 *
 * Immutable; what is read was made by a node of perhaps another version, so that what is missing is
 * taken for nothing.
 */
public final class NodeReport {
  /** Of a node that has not answered yet. */
  static final NodeReport EMPTY = new NodeReport(Map.of(), Map.of());

  private final Map<String, JsonObject> streams;
  private final Map<String, ViewerSample> viewers;

  private NodeReport(Map<String, JsonObject> streams, Map<String, ViewerSample> viewers) {
    this.streams = streams;
    this.viewers = viewers;
  }

  /**
   * The text, to be served to other nodes.
   *
   * @param facts of the streams that are published here
   * @param ladder beside them
   * @param viewers at the edge here ({@link EdgeServer#viewers}); none without an edge
   */
  public static String text(
      List<StreamFacts> facts,
      Function<StreamPath, Optional<LadderFacts>> ladder,
      Map<StreamPath, ViewerSample> viewers) {
    JsonObject streams = new JsonObject();
    for (StreamFacts each : facts) {
      JsonObject json = FactsJson.of(each);
      ladder.apply(each.path()).ifPresent(beside -> json.put("ladder", LadderJson.of(beside)));
      streams.put(each.path().toString(), json);
    }
    JsonObject watched = new JsonObject();
    viewers.forEach((path, sample) -> watched.put(path.toString(), sample.encode()));
    return new JsonObject().put("streams", streams).put("viewers", watched).encode();
  }

  /**
   * Reads a text.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  static NodeReport read(String text) {
    try {
      JsonObject json = new JsonObject(text);
      Map<String, JsonObject> streams = new HashMap<>();
      JsonObject told = json.getJsonObject("streams", new JsonObject());
      told.fieldNames().forEach(path -> streams.put(path, told.getJsonObject(path)));
      Map<String, ViewerSample> viewers = new HashMap<>();
      JsonObject watched = json.getJsonObject("viewers", new JsonObject());
      watched
          .fieldNames()
          .forEach(path -> viewers.put(path, ViewerSample.decode(watched.getString(path))));
      return new NodeReport(streams, viewers);
    } catch (DecodeException | ClassCastException e) {
      throw new IllegalArgumentException("not a node's report: " + e.getMessage(), e);
    }
  }

  /** The facts of a stream that is published at this node; the object is the caller's. */
  Optional<JsonObject> facts(StreamPath path) {
    return Optional.ofNullable(streams.get(path.toString())).map(JsonObject::copy);
  }

  /** Who watches at this node's edge. */
  ViewerSample viewers(StreamPath path) {
    return viewers.getOrDefault(path.toString(), ViewerSample.EMPTY);
  }
}
