package dev.millrace.edge;

import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.hls.Offer;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Segment;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/** What the part log tells of a stream, as the API tells it. */
final class RenditionsJson {
  private RenditionsJson() {}

  static JsonObject of(StreamView view) {
    JsonArray renditions = new JsonArray();
    Offer offer = Offer.of(view);
    view.renditions().forEach(each -> renditions.add(rendition(each, offer, view.targets())));
    JsonObject json =
        new JsonObject()
            .put("state", view.ended() ? "ended" : "live")
            .put("epoch", view.epoch())
            .put("targetDurationSeconds", view.targets().targetDurationS())
            .put("partTargetSeconds", view.targets().partTargetUs() / 1e6)
            .put("renditions", renditions);
    view.renditions().stream()
        .findFirst()
        .flatMap(RenditionView::last)
        .ifPresent(last -> json.put("sequence", position(last)));
    return json;
  }

  private static JsonObject rendition(RenditionView rendition, Offer offer, Targets targets) {
    RenditionDescription description = rendition.description();
    JsonObject json =
        new JsonObject()
            .put("name", description.name())
            .put("type", description.type().name().toLowerCase(Locale.ROOT))
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
}
