package dev.millrace.server.swarm;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** What a page says to a tracker and hears of it, as JSON of the WebTorrent tracker protocol. */
public final class PageText {
  private static final String ANNOUNCE = "announce";

  /** What a tracker says, as far as a page without media needs it. */
  public sealed interface Heard {}

  /** Something was refused. */
  public record Refused(String reason) implements Heard {}

  /** Another page would like to meet this one. */
  public record Offered(String peerId, String offerId) implements Heard {}

  /** Another page took an offer. */
  public record Answered() implements Heard {}

  /** This page is known, and is to come again. */
  public record Known(long intervalS) implements Heard {}

  private PageText() {}

  /** A page announces itself; all its offers say the same. */
  public static String announce(String infoHash, String id, List<String> offerIds, String sdp) {
    JsonArray offers = new JsonArray();
    offerIds.forEach(
        each ->
            offers.add(new JsonObject().put("offer_id", each).put("offer", said("offer", sdp))));
    return message(infoHash, id).put("numwant", offerIds.size()).put("offers", offers).encode();
  }

  /** A page takes an offer. */
  public static String answer(String infoHash, String id, Offered offer, String sdp) {
    return message(infoHash, id)
        .put("to_peer_id", offer.peerId())
        .put("offer_id", offer.offerId())
        .put("answer", said("answer", sdp))
        .encode();
  }

  private static JsonObject message(String infoHash, String id) {
    return new JsonObject().put("action", ANNOUNCE).put("info_hash", infoHash).put("peer_id", id);
  }

  private static JsonObject said(String type, String sdp) {
    return new JsonObject().put("type", type).put("sdp", sdp);
  }

  /** Reads what a tracker says; empty if it is nothing that a page needs, or no such message. */
  public static Optional<Heard> read(String text) {
    try {
      JsonObject message = new JsonObject(text);
      if (message.containsKey("failure reason")) {
        return Optional.of(new Refused(message.getString("failure reason")));
      } else if (message.containsKey("offer")) {
        return Optional.of(
            new Offered(message.getString("peer_id"), message.getString("offer_id")));
      } else if (message.containsKey("answer")) {
        return Optional.of(new Answered());
      } else if (message.containsKey("interval")) {
        return Optional.of(new Known(message.getLong("interval")));
      }
      return Optional.empty();
    } catch (DecodeException | ClassCastException e) {
      return Optional.empty();
    }
  }

  /** The first tracker that a node tells pages of a stream; empty where they may not share. */
  public static Optional<String> tracker(String text) {
    try {
      JsonObject offer = new JsonObject(text);
      return offer.getBoolean("share", false)
          ? Optional.of(offer.getJsonArray("trackers").getString(0))
          : Optional.empty();
    } catch (DecodeException | ClassCastException e) {
      return Optional.empty();
    }
  }
}
