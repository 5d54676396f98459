package dev.millrace.edge;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sites and their relays, as the API tells them. What is counted is since each relay started, and
 * {@code totals} the sum of those that are there.
 */
final class SitesJson {
  private SitesJson() {}

  static JsonObject of(List<EdgeSite.Site> sites) {
    JsonArray all = new JsonArray();
    sites.forEach(site -> all.add(of(site)));
    return new JsonObject().put("sites", all);
  }

  private static JsonObject of(EdgeSite.Site site) {
    Map<String, Long> totals = new TreeMap<>();
    JsonArray relays = new JsonArray();
    int viewers = 0;
    long bytesPerSecond = 0;
    for (EdgeSite.Relay each : site.relays()) {
      each.counters().forEach((name, value) -> totals.merge(name, value, Long::sum));
      viewers += each.viewers();
      bytesPerSecond += each.bytesPerSecond();
      relays.add(of(each));
    }
    JsonObject json =
        new JsonObject()
            .put("name", site.name())
            .put("subnets", new JsonArray(site.subnets()))
            .put("viewers", viewers)
            .put("bytesPerSecond", bytesPerSecond);
    long served = totals.getOrDefault("served.bytes", 0L);
    if (served > 0) {
      json.put("offload", 1 - totals.getOrDefault("edges.bytes", 0L) / (double) served);
    }
    return json.put("totals", counters(totals))
        .put("takenHere", counters(site.here()))
        .put("relays", relays);
  }

  private static JsonObject of(EdgeSite.Relay relay) {
    return new JsonObject()
        .put("id", relay.id())
        .put("name", relay.name())
        .put("url", relay.url().toString())
        .put("load", relay.share())
        .put("viewers", relay.viewers())
        .put("bytesPerSecond", relay.bytesPerSecond())
        .put("draining", relay.draining())
        .put("reportedMsAgo", relay.ageMs())
        .put("counters", counters(relay.counters()));
  }

  private static JsonObject counters(Map<String, Long> counters) {
    JsonObject json = new JsonObject();
    new TreeMap<>(counters).forEach(json::put);
    return json;
  }
}
