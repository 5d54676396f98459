package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import java.util.List;

/**
 * What lacks at D is fetched from the edge by three relays at most, whoever they are: each finds
 * itself in the object's order, and waits for its turn. Before, it asks those who feed, and while
 * one of them says that it is at it and the stream comes at all, the line is slow, and nobody else
 * fetches (section 7, control 3). Mesh's executor.
 */
final class Tickets {
  private static final int TICKETS = 3;
  private static final long APART_MS = 50;

  /** Before D: for a connection to those who feed, and for asking them more than once. */
  private static final long BEFORE = Ground.ms(200);

  private static final long ANSWERING = Ground.ms(50);

  /** For so long it counts that one of them is at it: it may stop for a moment. */
  private static final long SAID = 4 * ANSWERING;

  /** Who feeds is believed as long as parts of the rendition come. */
  private static final long BELIEVED = Ground.ms(2000);

  private final Ground ground;
  private final Roster roster;
  private final Peers peers;
  private final Feeding feeding;

  Tickets(Ground ground, Roster roster, Peers peers, Feeding feeding) {
    this.ground = ground;
    this.roster = roster;
    this.peers = peers;
    this.feeding = feeding;
  }

  void expected(ObjectState object) {
    long deadline = object.rendition.deadline();
    ground.time().after(Math.max(0, deadline - BEFORE), () -> connect(object));
  }

  private static boolean lacks(ObjectState object) {
    return object.isOpen() && !object.lacking().isEmpty();
  }

  private boolean isAlone() {
    return !ground.controls().tickets() || peers.all().isEmpty();
  }

  /** Whether this relay may fetch an object that is late; always if it is alone. */
  boolean mayFetch(ObjectState object) {
    return isAlone() || roster.ticket(object.at, TICKETS) >= 0;
  }

  private List<Bytes> feeders(ObjectState object) {
    return roster.trees(object.rendition.path).feeders().stream()
        .filter(id -> !id.equals(ground.id()) && peers.isUsable(id))
        .toList();
  }

  private void connect(ObjectState object) {
    if (!lacks(object)) {
      return;
    }
    int ticket = isAlone() ? 0 : roster.ticket(object.at, TICKETS);
    if (ticket >= 0) {
      feeders(object).forEach(peers::ensure);
      long turn = object.signedAt + object.rendition.deadline() + Ground.ms(ticket * APART_MS);
      ground.time().after(ANSWERING, () -> ask(object, turn));
    }
  }

  /** Those who feed send what lacks, or say whether they are at it. */
  private void ask(ObjectState object, long turn) {
    if (!lacks(object)) {
      return;
    }
    if (!isAlone()) {
      List<Frame.Range> ranges = Repair.ranges(object.lacking());
      for (Bytes id : feeders(object)) {
        peers
            .get(id)
            .ifPresent(
                peer ->
                    peer.outbox()
                        .say(
                            new Frame.Want(peer.track(object.rendition), object.at, 3000, ranges)));
      }
    }
    ground.time().after(ANSWERING, () -> use(object, turn));
  }

  private void use(ObjectState object, long turn) {
    if (!lacks(object)) {
      return;
    }
    boolean comes = !isAlone() && (Repair.isElsewhere(object) || isBeingFed(object));
    if (ground.now() >= turn && !comes) {
      feeding.fetch(object, Fetches.Reason.FALLBACK);
    }
    ask(object, turn);
  }

  private boolean isBeingFed(ObjectState object) {
    long now = ground.now();
    boolean said = object.fed || object.busy.values().stream().anyMatch(at -> now - at < SAID);
    return said && now - object.rendition.cameAt < BELIEVED;
  }
}
