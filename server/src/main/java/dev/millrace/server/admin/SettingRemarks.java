package dev.millrace.server.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What an operator should know of the settings of a cluster, from what its API tells. */
final class SettingRemarks {
  private SettingRemarks() {}

  /** A line each; none where all is the same everywhere. */
  static List<String> of(JsonObject cluster) {
    List<String> remarks = new ArrayList<>();
    for (JsonObject each :
        objects(
            cluster
                .getJsonObject("settings", new JsonObject())
                .getJsonArray("differences", new JsonArray()))) {
      String parties =
          each.getJsonArray("nodes", new JsonArray()).stream()
              .map(party -> names((JsonArray) party))
              .collect(Collectors.joining(" | "));
      remarks.add(
          "%s is not the same everywhere: %s. To make it so: millrace config set %s=..."
              .formatted(each.getString("key", ""), parties, each.getString("key", "")));
    }
    for (JsonObject node : objects(cluster.getJsonArray("nodes", new JsonArray()))) {
      String error = node.getString("settingsError", "");
      if (!error.isEmpty()) {
        remarks.add(
            "%s could not apply revision %d: %s"
                .formatted(
                    node.getString("name", ""), node.getLong("settingsRevision", 0L), error));
      }
    }
    return remarks;
  }

  private static List<JsonObject> objects(JsonArray array) {
    return array.stream().map(JsonObject.class::cast).toList();
  }

  private static String names(JsonArray party) {
    return party.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}
