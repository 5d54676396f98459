package dev.millrace.edge;

import dev.millrace.media.live.LadderFacts;
import dev.millrace.media.live.LadderFacts.RungFacts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** What is encoded of a stream, as the API tells it. */
final class LadderJson {
  private LadderJson() {}

  static JsonObject of(LadderFacts ladder) {
    JsonArray rungs = new JsonArray();
    ladder.rungs().forEach(each -> rungs.add(rung(each)));
    return new JsonObject()
        .put("state", ladder.state().toString())
        .put("reason", ladder.reason())
        .put("encoder", ladder.encoder())
        .put("node", ladder.node())
        .put("restarts", ladder.restarts())
        .put("lagMs", ladder.lagMs())
        .put("rungs", rungs);
  }

  private static JsonObject rung(RungFacts rung) {
    return new JsonObject()
        .put("name", rung.name())
        .put("codec", rung.codec())
        .put("width", rung.width())
        .put("height", rung.height())
        .put("bitrateBps", rung.bitrateBps())
        .put("speed", rung.speed())
        .put("fps", rung.fps())
        .put("dropped", rung.dropped())
        .put("reason", rung.reason());
  }
}
