package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import java.util.List;

/**
 * Second witnesses: while a relay is suspended, up to four others ask it for chunks, also for such
 * as they have, and do not tell it what they have, so that it cannot know who looks. A chunk that
 * does not fit is seen by one more relay then, whoever is below it (section 9). Mesh's executor.
 */
final class Probes {
  private static final int PROBERS = 4;
  private static final int CHUNKS = 16;

  /** Behind the entry: by then it has most of a part itself. */
  private static final long FIRST_MS = 100;

  /** So that what is asked by all of them fits through its uplink. */
  private static final long APART_MS = 40;

  private final Ground ground;
  private final Roster roster;
  private final Peers peers;
  private final Blame blame;

  Probes(Ground ground, Roster roster, Peers peers, Blame blame) {
    this.ground = ground;
    this.roster = roster;
    this.peers = peers;
    this.blame = blame;
  }

  void expected(ObjectState object) {
    for (Claims.Case open : blame.cases()) {
      int place = place(open);
      if (place < PROBERS) {
        peers.ensure(open.accused());
        ground.afterMs(FIRST_MS + place * APART_MS, () -> ask(object, open.accused()));
      }
    }
  }

  /** Whether this relay looks at what another one sends, which is not to know of it. */
  boolean isProbed(Peer peer) {
    for (Claims.Case open : blame.cases()) {
      if (open.accused().equals(peer.id()) && place(open) < PROBERS) {
        return true;
      }
    }
    return false;
  }

  /** Which of the probers of a case this relay is; none of them from {@link #PROBERS} on. */
  private int place(Claims.Case open) {
    if (open.accuser().equals(ground.id()) || open.accused().equals(ground.id())) {
      return PROBERS;
    }
    List<SiteRelay> others =
        roster.relays().stream()
            .filter(each -> !each.id().equals(open.accuser()) && !each.id().equals(open.accused()))
            .toList();
    String key = "probe " + open.accused().hex() + " " + open.fault();
    return Rendezvous.place(key, ground.self(), others, PROBERS);
  }

  private void ask(ObjectState object, Bytes accused) {
    if (!blame.isSuspended(accused)) {
      return;
    }
    int count = Math.min(CHUNKS, object.chunks());
    int first = ground.random().nextInt(object.chunks() - count + 1);
    peers
        .get(accused)
        .ifPresent(
            peer -> {
              peer.flood().wanted(count, ground.now());
              peer.outbox()
                  .say(
                      new Frame.Want(
                          peer.track(object.rendition),
                          object.at,
                          (int) (Ground.LATE / Ground.ms(1)),
                          List.of(new Frame.Range(first, count))));
            });
  }
}
