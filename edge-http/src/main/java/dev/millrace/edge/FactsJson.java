package dev.millrace.edge;

import dev.millrace.media.Track;
import dev.millrace.media.live.PublisherFacts;
import dev.millrace.media.live.StreamFacts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/** What ingest tells of a stream, as the API tells it: without the publisher's address. */
final class FactsJson {
  private FactsJson() {}

  static JsonObject of(StreamFacts facts) {
    JsonArray tracks = new JsonArray();
    facts.tracks().forEach(track -> tracks.add(track(track)));
    JsonArray warnings = new JsonArray();
    facts
        .warnings()
        .forEach(
            (code, text) -> warnings.add(new JsonObject().put("code", code).put("text", text)));
    return new JsonObject()
        .put("state", facts.state().name().toLowerCase(Locale.ROOT))
        .put("epoch", facts.epoch())
        .put("publisher", facts.publisher().map(FactsJson::publisher).orElse(null))
        .put("tracks", tracks)
        .put("startedAt", facts.startedAt().toString())
        .put("uptimeSeconds", facts.uptime().toMillis() / 1e3)
        .put("bytesReceived", facts.bytesReceived())
        .put("videoBitrateBps", facts.videoBitrateBps())
        .put("audioBitrateBps", facts.audioBitrateBps())
        .put("frameRate", facts.frameRate())
        .put("reconnects", facts.reconnects())
        .put("warnings", warnings);
  }

  private static JsonObject publisher(PublisherFacts publisher) {
    return new JsonObject().put("agent", publisher.agent()).put("protocol", publisher.protocol());
  }

  private static JsonObject track(Track track) {
    return switch (track) {
      case Track.Video video -> {
        JsonObject json =
            new JsonObject()
                .put("kind", "video")
                .put("id", video.id())
                .put("codec", video.codec().name().toLowerCase(Locale.ROOT))
                .put("codecs", video.codecs())
                .put("width", video.width())
                .put("height", video.height())
                .put("interlaced", video.interlaced());
        video.frameRate().ifPresent(rate -> json.put("frameRate", rate));
        yield json;
      }
      case Track.Audio audio ->
          new JsonObject()
              .put("kind", "audio")
              .put("id", audio.id())
              .put("codec", audio.codec().name().toLowerCase(Locale.ROOT))
              .put("codecs", audio.codecs())
              .put("sampleRate", audio.sampleRate())
              .put("channels", audio.channels());
    };
  }
}
