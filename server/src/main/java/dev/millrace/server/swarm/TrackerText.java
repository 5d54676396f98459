package dev.millrace.server.swarm;

import dev.millrace.relay.swarm.TrackerMessage;
import dev.millrace.relay.swarm.TrackerMessage.Announced;
import dev.millrace.relay.swarm.TrackerMessage.Answered;
import dev.millrace.relay.swarm.TrackerMessage.Failed;
import dev.millrace.relay.swarm.TrackerMessage.Offered;
import dev.millrace.relay.swarm.TrackerMessage.Scraped;
import io.vertx.core.json.JsonObject;

/**
 * Writes what a tracker says as JSON of the WebTorrent tracker protocol (bittorrent-tracker 11).
 * Ids are binary there, one character a byte.
 */
final class TrackerText {
  private static final String ANNOUNCE = "announce";

  private TrackerText() {}

  /**
   * The message as text.
   *
   * @param about the hash that a failure is told with, so that the client whose it is hears it;
   *     others take it for an error of the connection
   */
  static String write(TrackerMessage message, String about) {
    return json(message, about).encode();
  }

  private static JsonObject json(TrackerMessage message, String about) {
    return switch (message) {
      case Announced announced ->
          announce(announced.infoHash())
              .put("interval", announced.intervalS())
              .put("complete", announced.complete())
              .put("incomplete", announced.incomplete());
      case Offered offered ->
          announce(offered.infoHash())
              .put("peer_id", offered.peerId())
              .put("offer_id", offered.offerId())
              .put("offer", description("offer", offered.sdp()));
      case Answered answered ->
          announce(answered.infoHash())
              .put("peer_id", answered.peerId())
              .put("offer_id", answered.offerId())
              .put("answer", description("answer", answered.sdp()));
      case Scraped scraped -> new JsonObject().put("action", "scrape").put("files", files(scraped));
      case Failed failed -> announce(about).put("failure reason", failed.reason());
    };
  }

  private static JsonObject announce(String infoHash) {
    return new JsonObject().put("action", ANNOUNCE).put("info_hash", infoHash);
  }

  private static JsonObject description(String type, String sdp) {
    return new JsonObject().put("type", type).put("sdp", sdp);
  }

  private static JsonObject files(Scraped scraped) {
    JsonObject files = new JsonObject();
    for (Announced each : scraped.files()) {
      files.put(
          each.infoHash(),
          new JsonObject()
              .put("complete", each.complete())
              .put("incomplete", each.incomplete())
              .put("downloaded", 0));
    }
    return files;
  }
}
