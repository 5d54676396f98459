package dev.millrace.server.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the API says of a cluster, as far as these tests look at it. */
final class ClusterJson {
  private static final Pattern NODE = Pattern.compile("\"id\":\"([^\"]*)\",\"name\":\"([^\"]*)\"");
  private static final Pattern OBJECT = Pattern.compile("\\{[^{}]*\\}");

  private ClusterJson() {}

  /** Name of the node that is the coordinator of the group now. */
  static String coordinator(NodeUnderTest edge) {
    String json = edge.get("/api/v1/cluster").body();
    String id = value(json, "coordinator");
    return NODE.matcher(json)
        .results()
        .filter(node -> node.group(1).equals(id))
        .map(node -> node.group(2))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no coordinator in " + json));
  }

  /** Names of the nodes that say they have a complete copy of {@code live/NAME}. */
  static List<String> copies(NodeUnderTest edge, String name) {
    return holders(edge, name, "origin", List.of("live", "away"));
  }

  /** Names of the nodes where {@code live/NAME} is published, or was last and may be again. */
  static List<String> ingests(NodeUnderTest edge, String name) {
    return holders(edge, name, "ingest", List.of("live", "away"));
  }

  /**
   * Name of the node that encodes the rungs of {@code live/NAME}; empty where that is the ingest.
   */
  static String encoder(NodeUnderTest ingest, String name) {
    String json = ingest.get("/api/v1/streams/live/" + name).body();
    int ladder = json.indexOf("\"ladder\"");
    return ladder < 0 ? "" : value(json.substring(ladder), "node");
  }

  private static List<String> holders(
      NodeUnderTest edge, String name, String kind, List<String> states) {
    String json = edge.get("/api/v1/streams/live/" + name).body();
    int from = json.indexOf("\"copies\"");
    List<String> names = new ArrayList<>();
    if (from < 0) {
      return names;
    }
    Matcher object = OBJECT.matcher(json.substring(from, json.indexOf(']', from)));
    while (object.find()) {
      String copy = object.group();
      if (value(copy, "kind").equals(kind) && states.contains(value(copy, "state"))) {
        names.add(value(copy, "name"));
      }
    }
    return names;
  }

  /** The text of a field of an object that has no other objects in it. */
  private static String value(String object, String field) {
    Matcher value = Pattern.compile("\"" + field + "\"\\s*:\\s*\"([^\"]*)\"").matcher(object);
    return value.find() ? value.group(1) : "";
  }
}
