package dev.millrace.server.swarm;

import dev.millrace.edge.EdgeSwarm;
import dev.millrace.relay.swarm.Offer;
import dev.millrace.relay.swarm.Tracker;
import dev.millrace.relay.swarm.TrackerClient;
import dev.millrace.relay.swarm.TrackerMessage;
import dev.millrace.relay.swarm.TrackerPeer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A page at the tracker: reads the JSON of the WebTorrent tracker protocol and has {@link
 * TrackerPeer} judge it. What is no such message counts as a fault.
 */
public final class TrackerVisitor implements EdgeSwarm.Visitor {
  /** More are not looked at: the peer refuses them by their number. */
  private static final int MOST_OFFERS = 64;

  private final TrackerPeer peer;
  private final Client client;

  private TrackerVisitor(TrackerPeer peer, Client client) {
    this.peer = peer;
    this.client = client;
  }

  /**
   * Lets a page in.
   *
   * @param swarm that its token names
   * @return empty if there are too many connections of its address
   */
  public static Optional<EdgeSwarm.Visitor> enter(
      Tracker tracker, String swarm, InetAddress from, EdgeSwarm.Wire out) {
    Client client = new Client(out);
    return tracker.connect(client, swarm, from).map(peer -> new TrackerVisitor(peer, client));
  }

  @Override
  public void message(String text) {
    try {
      read(new JsonObject(text));
    } catch (DecodeException e) {
      peer.malformed("this is no JSON object");
    } catch (ClassCastException e) {
      peer.malformed("a field is of another type than in the WebTorrent tracker protocol");
    }
  }

  private void read(JsonObject json) {
    switch (text(json, "action")) {
      case "announce" -> announce(json);
      case "scrape" -> peer.scrape(hashes(json.getValue("info_hash")));
      default -> peer.malformed("expected the action announce or scrape");
    }
  }

  private void announce(JsonObject json) {
    String infoHash = text(json, "info_hash");
    client.about = infoHash;
    JsonObject answer = json.getJsonObject("answer");
    if (answer != null) {
      peer.answer(infoHash, text(json, "offer_id"), text(answer, "sdp"));
    } else if (text(json, "event").equals("stopped")) {
      peer.leave(infoHash);
    } else {
      peer.announce(infoHash, text(json, "peer_id"), offers(json.getJsonArray("offers")));
    }
  }

  private static List<Offer> offers(@Nullable JsonArray array) {
    List<Offer> offers = new ArrayList<>();
    for (int i = 0; array != null && i < Math.min(array.size(), MOST_OFFERS); i++) {
      JsonObject each = array.getJsonObject(i);
      JsonObject description = each == null ? null : each.getJsonObject("offer");
      if (description == null) {
        throw new ClassCastException("an offer is an object with an object offer");
      }
      offers.add(new Offer(text(each, "offer_id"), text(description, "sdp")));
    }
    return offers;
  }

  /** A text; empty where it is missing or null, as some clients have it. */
  private static String text(JsonObject json, String name) {
    String value = json.getString(name);
    return value == null ? "" : value;
  }

  private static List<String> hashes(@Nullable Object one) {
    return switch (one) {
      case String hash -> List.of(hash);
      case JsonArray array -> array.stream().limit(MOST_OFFERS).map(TrackerVisitor::hash).toList();
      case null, default -> List.of();
    };
  }

  private static String hash(@Nullable Object one) {
    if (one instanceof String hash) {
      return hash;
    }
    throw new ClassCastException("an info_hash is a text");
  }

  @Override
  public void malformed(String why) {
    peer.malformed(why);
  }

  @Override
  public void gone() {
    peer.close();
  }

  /** Tells the page what the tracker says. */
  private static final class Client implements TrackerClient {
    private final EdgeSwarm.Wire out;

    /** What the page spoke of last; written by its own thread, failures are told by it only. */
    private volatile String about = "";

    Client(EdgeSwarm.Wire out) {
      this.out = out;
    }

    @Override
    public void send(TrackerMessage message) {
      out.send(TrackerText.write(message, about));
    }

    @Override
    public void close(String reason) {
      out.close(reason);
    }
  }
}
