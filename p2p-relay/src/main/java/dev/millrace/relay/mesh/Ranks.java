package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import java.util.List;
import java.util.Optional;

/** Whether this relay feeds a stream, or stands by (section 6). Mesh's executor. */
final class Ranks {
  private final Ground ground;
  private final Roster roster;
  private final Peers peers;
  private final Blame blame;

  Ranks(Ground ground, Roster roster, Peers peers, Blame blame) {
    this.ground = ground;
    this.roster = roster;
    this.peers = peers;
    this.blame = blame;
  }

  /**
   * 1 for who feeds, 2 and 3 for who stands by, those before that are lost left out; else 0, also
   * for who knows that nobody counts on it.
   */
  int rank(StreamPath path) {
    List<Bytes> feeders = roster.trees(path).feeders();
    int place = feeders.indexOf(ground.id());
    boolean suspended = blame.isSuspended(ground.id());
    if (suspended && feeders.stream().anyMatch(id -> isOther(id) && peers.isUsable(id))) {
      return 0;
    }
    return place < 0 ? 0 : 1 + (int) feeders.stream().limit(place).filter(peers::isUsable).count();
  }

  private boolean isOther(Bytes id) {
    return !id.equals(ground.id());
  }

  /** Who feeds, as far as it can be known here; empty if it is this relay. */
  Optional<Bytes> feeder(StreamPath path) {
    return rank(path) == 1
        ? Optional.empty()
        : roster.trees(path).feeders().stream()
            .filter(id -> isOther(id) && peers.isUsable(id))
            .findFirst();
  }

  /** Whether a relay feeds a stream or stands by, and is trusted with it. */
  boolean mayFeed(Bytes relay, StreamPath path) {
    return roster.trees(path).feeders().contains(relay) && !blame.isSuspended(relay);
  }

  /** Whether who feeds before this relay does said of an object what it has: it is at it. */
  boolean isHeard(ObjectState object) {
    return before(object.rendition.path).stream()
        .filter(peers::isUsable)
        .anyMatch(id -> peers.get(id).filter(object.holders::containsKey).isPresent());
  }

  /** Those who feed before this relay does; empty if it has no rank. */
  List<Bytes> before(StreamPath path) {
    List<Bytes> feeders = roster.trees(path).feeders();
    return feeders.subList(0, Math.max(0, feeders.indexOf(ground.id())));
  }
}
