package dev.millrace.server.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A node as the API tells of it.
 *
 * @param roles comma separated
 * @param address what people use: viewers', else publishers', else the internal one
 */
public record NodeLine(
    String id,
    String name,
    String roles,
    boolean draining,
    int cores,
    double busyCores,
    int viewers,
    long bytesOutPerSecond,
    int workers,
    int maxWorkers,
    int ingests,
    int copies,
    long settingsRevision,
    String version,
    Duration uptime,
    String address) {

  /** Above the lines of {@link #cells}. */
  static final List<String> HEAD =
      List.of(
          "NAME",
          "ID",
          "ROLES",
          "STATE",
          "CPU",
          "VIEWERS",
          "OUT",
          "WORKERS",
          "INGEST",
          "COPIES",
          "SETTINGS",
          "VERSION",
          "UP",
          "ADDRESS");

  static NodeLine of(JsonObject json) {
    JsonObject load = json.getJsonObject("load", new JsonObject());
    JsonObject addresses = json.getJsonObject("addresses", new JsonObject());
    JsonObject streams = json.getJsonObject("streams", new JsonObject());
    JsonArray roles = json.getJsonArray("roles", new JsonArray());
    return new NodeLine(
        json.getString("id", ""),
        json.getString("name", ""),
        roles.stream().map(String::valueOf).collect(Collectors.joining(",")),
        json.getBoolean("draining", false),
        load.getInteger("cores", 0),
        load.getDouble("busyCores", 0.0),
        load.getInteger("viewers", 0),
        load.getLong("bytesOutPerSecond", 0L),
        load.getInteger("workers", 0),
        load.getInteger("maxWorkers", 0),
        streams.getInteger("ingest", 0),
        streams.getInteger("origin", 0),
        json.getLong("settingsRevision", 0L),
        json.getString("version", ""),
        Duration.ofSeconds(json.getLong("uptimeSeconds", 0L)),
        addresses.getString(
            "viewers", addresses.getString("publishers", addresses.getString("internal", ""))));
  }

  List<String> cells() {
    return List.of(
        name,
        id,
        roles,
        draining ? "draining" : "up",
        String.format(Locale.ROOT, "%.1f/%d", busyCores, cores),
        String.valueOf(viewers),
        String.format(Locale.ROOT, "%.1fMbit/s", bytesOutPerSecond * 8 / 1e6),
        workers + "/" + maxWorkers,
        String.valueOf(ingests),
        String.valueOf(copies),
        String.valueOf(settingsRevision),
        version,
        up(),
        address);
  }

  private String up() {
    long seconds = uptime.toSeconds();
    if (seconds < 120) {
      return seconds + "s";
    }
    if (seconds < 7200) {
      return seconds / 60 + "m";
    }
    return seconds < 48 * 3600 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
  }
}
