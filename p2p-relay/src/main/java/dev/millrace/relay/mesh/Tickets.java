package dev.millrace.relay.mesh;

/**
 * What lacks at D is fetched from the edge by three relays at most, whoever they are: each finds
 * itself in the object's order, and waits for its turn (section 7, control 3). Mesh's executor.
 */
final class Tickets {
  private static final int TICKETS = 3;
  private static final long APART_MS = 50;

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
    ground.time().after(object.rendition.deadline(), () -> late(object));
  }

  /** Whether this relay may fetch an object that is late; always if it is alone. */
  boolean has(ObjectState object) {
    return !ground.controls().tickets()
        || peers.all().isEmpty()
        || roster.ticket(object.at, TICKETS) >= 0;
  }

  private void late(ObjectState object) {
    if (!object.isOpen() || object.lacking().isEmpty()) {
      return;
    }
    boolean alone = !ground.controls().tickets() || peers.all().isEmpty();
    int ticket = alone ? 0 : roster.ticket(object.at, TICKETS);
    if (ticket >= 0) {
      ground.afterMs(ticket * APART_MS, () -> use(object));
    }
  }

  private void use(ObjectState object) {
    boolean elsewhere = ground.controls().tickets() && Repair.isElsewhere(object);
    if (object.isOpen() && !elsewhere) {
      feeding.fetch(object, Feeding.Reason.FALLBACK);
    }
  }
}
