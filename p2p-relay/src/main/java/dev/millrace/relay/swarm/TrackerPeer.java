package dev.millrace.relay.swarm;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A page at the tracker: what it sends is checked and counted here. Its methods are called by one
 * thread at a time, the one that reads its connection.
 */
public final class TrackerPeer implements AutoCloseable {
  private static final int ID_CHARS = 20;

  private final Tracker tracker;
  private final TrackerClient client;
  private final String swarm;
  private final String site;
  private final InetAddress address;
  private final Subnet neighbours;

  /** Its id by what it plays. */
  private final Map<String, String> joined = new LinkedHashMap<>();

  private double allowance;
  private long countedNanos;
  private int strikes;
  private boolean closed;

  TrackerPeer(
      Tracker tracker,
      TrackerClient client,
      String swarm,
      String site,
      InetAddress address,
      long nowNanos) {
    this.tracker = tracker;
    this.client = client;
    this.swarm = swarm;
    this.site = site;
    this.address = address;
    this.neighbours = Subnet.around(address);
    this.allowance = tracker.limits().burst();
    this.countedNanos = nowNanos;
  }

  /**
   * Is there, plays this, and offers connections.
   *
   * @param infoHash what it calls the rendition, 20 bytes as Latin-1 text
   * @param id of its own choice, 20 bytes as Latin-1 text
   */
  public void announce(String infoHash, String id, List<Offer> offers) {
    TrackerLimits limits = tracker.limits();
    if (!isAllowed() || !areIds(infoHash, id)) {
      return;
    }
    if (offers.size() > limits.offers()) {
      fault("at most " + limits.offers() + " offers at once, found " + offers.size());
      return;
    }
    for (Offer offer : offers) {
      if (!areIds(offer.id()) || !isSdp(offer.sdp())) {
        return;
      }
    }
    if (!id.equals(joined.getOrDefault(infoHash, id))) {
      fault("the peer_id of a page does not change");
      return;
    }
    if (!joined.containsKey(infoHash) && joined.size() >= limits.hashes()) {
      fault("a page is in at most " + limits.hashes() + " swarms at once");
      return;
    }
    Optional<Integer> size = tracker.announce(this, infoHash, id, offers);
    if (size.isEmpty()) {
      fault("another page has this peer_id");
      return;
    }
    joined.put(infoHash, id);
    client.send(
        new TrackerMessage.Announced(infoHash, (int) limits.interval().toSeconds(), 0, size.get()));
  }

  /** Answers an offer that was passed on to it. */
  public void answer(String infoHash, String offerId, String sdp) {
    if (!isAllowed() || !areIds(infoHash, offerId) || !isSdp(sdp)) {
      return;
    }
    String id = joined.get(infoHash);
    if (id == null) {
      fault("an answer before the first announcement");
    } else {
      tracker.answer(this, infoHash, id, offerId, sdp); // who offered may be gone
    }
  }

  /** Plays this no more. */
  public void leave(String infoHash) {
    String id = joined.remove(infoHash);
    if (id != null) {
      tracker.leave(this, infoHash, id);
    }
  }

  /** Asks how many there are; of what it has joined only. */
  public void scrape(List<String> infoHashes) {
    if (!isAllowed()) {
      return;
    }
    client.send(
        new TrackerMessage.Scraped(
            infoHashes.stream()
                .filter(joined::containsKey)
                .map(
                    hash ->
                        new TrackerMessage.Announced(
                            hash,
                            (int) tracker.limits().interval().toSeconds(),
                            0,
                            tracker.groupSize(this, hash, joined.getOrDefault(hash, ""))))
                .toList()));
  }

  /** It sent what is no message of the protocol. */
  public void malformed(String why) {
    if (isAllowed()) {
      fault(why);
    }
  }

  private boolean isAllowed() {
    TrackerLimits limits = tracker.limits();
    long now = tracker.now();
    allowance =
        Math.min(
            limits.burst(), allowance + (now - countedNanos) / 1e9 * limits.messagesPerSecond());
    countedNanos = now;
    if (allowance < 1) {
      tracker.countRefusal();
      end("more than " + limits.messagesPerSecond() + " messages a second");
    }
    allowance--;
    return !closed;
  }

  private boolean areIds(String... texts) {
    for (String text : texts) {
      if (text.length() != ID_CHARS || !text.chars().allMatch(c -> c < 0x100)) {
        fault("hashes and ids have " + ID_CHARS + " bytes");
        return false;
      }
    }
    return true;
  }

  private boolean isSdp(String sdp) {
    boolean is = sdp.startsWith("v=0") && sdp.length() <= tracker.limits().sdpChars();
    if (!is) {
      fault(
          "an sdp begins with v=0 and has at most %d characters, found %d"
              .formatted(tracker.limits().sdpChars(), sdp.length()));
    }
    return is;
  }

  private void fault(String reason) {
    tracker.countRefusal();
    strikes++;
    client.send(new TrackerMessage.Failed(reason));
    if (strikes >= tracker.limits().strikes()) {
      end(reason);
    }
  }

  private void end(String reason) {
    if (!closed) {
      close();
      client.close(reason);
    }
  }

  /** Its connection has ended. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      joined.forEach((infoHash, id) -> tracker.leave(this, infoHash, id));
      joined.clear();
      tracker.disconnected(this);
    }
  }

  TrackerClient client() {
    return client;
  }

  String swarm() {
    return swarm;
  }

  String site() {
    return site;
  }

  InetAddress address() {
    return address;
  }

  boolean isNeighbourOf(TrackerPeer other) {
    return neighbours.equals(other.neighbours);
  }
}
