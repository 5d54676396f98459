package dev.millrace.edge;

import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.StreamPath;
import dev.millrace.media.hls.Offer;
import dev.millrace.media.live.StreamFacts;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Segment;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * The streams as JSON: what ingest tells of the publisher joined with what the part log tells of
 * the playlists. The publisher's address is left out, since anybody may read this. Any thread.
 */
final class StreamsApi {
  private final EdgeSources sources;
  private final EdgeStreams streams;
  private final LiveFacts facts;
  private final LongSupplier nanoTime;

  StreamsApi(EdgeSources sources, EdgeStreams streams, LiveFacts facts, LongSupplier nanoTime) {
    this.sources = sources;
    this.streams = streams;
    this.facts = facts;
    this.nanoTime = nanoTime;
  }

  /**
   * All streams that are live, waiting for their publisher, or ended and still readable, and where
   * to publish one.
   */
  JsonObject list() {
    Map<StreamPath, StreamFacts> known = new TreeMap<>();
    facts.all().forEach(each -> known.put(each.path(), each));
    TreeSet<StreamPath> paths = new TreeSet<>(known.keySet());
    paths.addAll(sources.parts().streams());
    JsonArray list = new JsonArray();
    for (StreamPath path : paths) {
      describe(path, Optional.ofNullable(known.get(path))).ifPresent(list::add);
    }
    JsonObject json = new JsonObject().put("streams", list);
    sources
        .rtmpPort()
        .get()
        .ifPresent(port -> json.put("ingest", new JsonObject().put("rtmpPort", port)));
    return json;
  }

  /** One stream; empty if there is none of this path. */
  Optional<JsonObject> stream(StreamPath path) {
    return describe(path, facts.of(path));
  }

  private Optional<JsonObject> describe(StreamPath path, Optional<StreamFacts> told) {
    Optional<EdgeStream> followed = streams.use(path);
    if (told.isEmpty() && followed.isEmpty()) {
      return Optional.empty();
    }
    JsonObject json =
        new JsonObject()
            .put("path", path.toString())
            .put("app", path.app())
            .put("name", path.name())
            .put("playlistUrl", "/hls/" + path + "/index.m3u8")
            .put("watchUrl", "/watch/" + path);
    followed.ifPresent(stream -> putLog(json, stream));
    told.ifPresent(each -> putFacts(json, each));
    sources.ladder().apply(path).ifPresent(ladder -> json.put("ladder", LadderJson.of(ladder)));
    putPictures(json, path);
    return Optional.of(json);
  }

  private void putPictures(JsonObject json, StreamPath path) {
    if (sources.pictures().poster(path).isPresent()) {
      json.put("posterUrl", "/hls/" + path + "/poster.jpg");
    }
    if (!sources.pictures().thumbnails(path).isEmpty()) {
      json.put("storyboardUrl", "/hls/" + path + "/storyboard.vtt");
    }
  }

  private void putLog(JsonObject json, EdgeStream stream) {
    StreamView view = stream.snapshot().view();
    JsonArray renditions = new JsonArray();
    Offer offer = Offer.of(view);
    view.renditions().forEach(each -> renditions.add(rendition(each, offer, view.targets())));
    json.put("state", view.ended() ? "ended" : "live")
        .put("epoch", view.epoch())
        .put("viewers", stream.viewerCount(nanoTime.getAsLong()))
        .put("targetDurationSeconds", view.targets().targetDurationS())
        .put("partTargetSeconds", view.targets().partTargetUs() / 1e6)
        .put("renditions", renditions);
    view.renditions().stream()
        .findFirst()
        .flatMap(RenditionView::last)
        .ifPresent(last -> json.put("sequence", position(last)));
  }

  private static JsonObject rendition(RenditionView rendition, Offer offer, Targets targets) {
    RenditionDescription description = rendition.description();
    JsonObject json =
        new JsonObject()
            .put("name", description.name())
            .put("type", lower(description.type()))
            .put("codecs", description.codecs())
            .put("listed", offer.lists(description.name()))
            .put("withdrawn", offer.isWithdrawn(description.name()))
            .put("declaredBitrateBps", description.declaredBitrateBps())
            .put("peakBitrateBps", rendition.bitrates(targets).peakBps())
            .put("averageBitrateBps", rendition.bitrates(targets).averageBps())
            .put("segments", rendition.segments().size());
    if (description.type() == MediaType.VIDEO) {
      json.put("width", description.width())
          .put("height", description.height())
          .put("frameRate", description.frameRateMilli() / 1e3);
    } else {
      json.put("channels", description.channels()).put("sampleRate", description.sampleRate());
    }
    rendition.last().ifPresent(last -> json.put("last", position(last)));
    if (!rendition.segments().isEmpty()) {
      Segment first = rendition.segments().getFirst();
      Segment last = rendition.segments().getLast();
      json.put("mediaSequence", first.msn())
          .put("discontinuitySequence", last.discontinuitySequence());
    }
    return json;
  }

  private static JsonObject position(LogPosition position) {
    return new JsonObject()
        .put("epoch", position.epoch())
        .put("msn", position.msn())
        .put("part", position.part());
  }

  private static void putFacts(JsonObject json, StreamFacts facts) {
    json.mergeIn(FactsJson.of(facts));
    if (!json.containsKey("viewers")) {
      json.put("viewers", 0);
    }
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
