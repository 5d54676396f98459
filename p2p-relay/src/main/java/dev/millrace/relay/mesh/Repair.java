package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.relay.mesh.ObjectState.Wanted;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What did not come along the trees is asked of neighbours that have it: HAVE after 60 ms and each
 * 50 ms, WANT to whom has least waiting, four open at once, elsewhere after 40 ms or a REFUSE
 * (section 7). Mesh's executor.
 */
final class Repair {
  private static final long FIRST_MS = 60;
  private static final long AGAIN_MS = 50;

  /** What was told is told again so seldom where nothing has come since. */
  private static final long NOTHING_NEW = Ground.ms(250);

  private static final long PATIENCE_MS = 40;
  private static final int MAX_OPEN = 4;
  private static final int MAX_CHUNKS = 8;
  private static final int NEAREST = 16;

  private final Ground ground;
  private final Roster roster;
  private final Peers peers;
  private final Probes probes;

  Repair(Ground ground, Roster roster, Peers peers, Probes probes) {
    this.probes = probes;
    this.roster = roster;
    this.ground = ground;
    this.peers = peers;
  }

  void expected(ObjectState object) {
    ground.afterMs(FIRST_MS, () -> step(object));
  }

  private void step(ObjectState object) {
    if (object.isOpen() && !object.lacking().isEmpty()) {
      boolean again = ground.now() - object.toldAt >= NOTHING_NEW;
      if (again || object.count() != object.told) {
        tell(object);
      }
      want(object);
      ground.afterMs(AGAIN_MS, () -> step(object));
    }
  }

  /** Tells those who named the track what is here, the nearest of them. */
  void tell(ObjectState object) {
    object.told = object.count();
    object.toldAt = ground.now();
    Rendition rendition = object.rendition;
    List<Peer> near = new ArrayList<>(rendition.named.keySet());
    near.removeIf(peer -> hasAll(object, peer) || probes.isProbed(peer));
    if (near.size() > NEAREST) {
      // Who stands by must know that this relay is at it.
      List<Bytes> feeders = roster.trees(rendition.path).feeders();
      near.sort(
          Comparator.comparing((Peer peer) -> !feeders.contains(peer.id()))
              .thenComparingLong(Peer::distance));
      near = near.subList(0, NEAREST);
    }
    for (Peer peer : near) {
      peer.outbox()
          .say(new Frame.Have(peer.track(rendition), object.at, object.chunks(), object.bitmap()));
    }
  }

  private static boolean hasAll(ObjectState object, Peer peer) {
    BitSet bits = object.holders.get(peer);
    return bits != null && bits.cardinality() == object.chunks();
  }

  /** Whether somebody said to have all of it. */
  static boolean isElsewhere(ObjectState object) {
    return object.holders.keySet().stream().anyMatch(peer -> hasAll(object, peer));
  }

  /** What a peer says it has. */
  void has(Peer peer, Frame.Have have, ObjectState object) {
    if (have.chunks() != object.chunks()) {
      peers.blame(peer, "HAVE of another number of chunks of " + object.at);
      return;
    }
    BitSet bits = object.holders.computeIfAbsent(peer, any -> new BitSet());
    for (int chunk = 0; chunk < have.chunks(); chunk++) {
      bits.set(chunk, have.has(chunk));
    }
    if (isTime(object)) {
      want(object);
    }
  }

  private boolean isTime(ObjectState object) {
    return object.isOpen() && ground.now() - object.signedAt >= Ground.ms(FIRST_MS);
  }

  /** A peer does not send what was asked. */
  void refused(Peer peer, Frame.Refuse refuse, ObjectState object) {
    if (refuse.reason() == Frame.Refusal.BUSY) {
      object.busy.put(peer, ground.now());
    }
    object.refused.put(peer, ground.now() + Ground.ms(Math.max(refuse.retryMs(), 10)));
    close(object, wanted -> wanted.from() == peer);
    if (isTime(object)) {
      want(object);
    }
  }

  /** Waits no longer for these; of whom they were asked. */
  private static Set<Peer> close(ObjectState object, Predicate<Wanted> which) {
    Set<Peer> closed = new HashSet<>();
    object.open.values().stream().filter(which).forEach(wanted -> closed.add(wanted.from()));
    object.open.values().removeIf(which);
    closed.forEach(peer -> peer.openWants = Math.max(0, peer.openWants - 1));
    return closed;
  }

  /** Asks for what lacks, of those who have it. */
  void want(ObjectState object) {
    long now = ground.now();
    object.failed.addAll(close(object, wanted -> now - wanted.at() >= Ground.ms(PATIENCE_MS)));
    Set<Peer> asked = new HashSet<>();
    object.open.values().forEach(wanted -> asked.add(wanted.from()));
    List<Integer> missing = object.lacking();
    missing.removeAll(object.open.keySet());
    missing.removeIf(chunk -> object.mayCome(chunk, now, Ground.ms(PATIENCE_MS)));
    List<Peer> holders = holders(object, missing, asked, now);
    int free = MAX_OPEN - asked.size();
    int among = Math.clamp(holders.size(), 1, Math.max(1, free));
    int each = Math.clamp(Math.ceilDiv(missing.size(), among), 1, MAX_CHUNKS);
    for (Peer holder : holders) {
      if (free > 0 && want(object, holder, missing, each, now)) {
        free--;
      }
    }
  }

  /**
   * Those who have what lacks, the best first; who did not send what it was asked only where there
   * is nobody else.
   */
  private List<Peer> holders(ObjectState object, List<Integer> missing, Set<Peer> asked, long now) {
    List<Peer> holders =
        object.holders.entrySet().stream()
            .filter(each -> !asked.contains(each.getKey()) && !each.getKey().isSilent(now))
            .filter(each -> object.refused.getOrDefault(each.getKey(), 0L) <= now)
            .filter(each -> missing.stream().anyMatch(each.getValue()::get))
            .map(Map.Entry::getKey)
            .sorted(
                Comparator.comparing(peers::isSuspended)
                    .thenComparingLong(Peer::load)
                    .thenComparingLong(Peer::distance)
                    .thenComparing(peer -> peer.id().hex()))
            .toList();
    List<Peer> better = holders.stream().filter(peer -> !object.failed.contains(peer)).toList();
    return better.isEmpty() ? holders : better;
  }

  /** Asks for as many of them; false if there are none left that it has. */
  private boolean want(ObjectState object, Peer peer, List<Integer> missing, int most, long now) {
    BitSet has = object.holders.getOrDefault(peer, new BitSet());
    List<Integer> chunks = missing.stream().filter(has::get).limit(most).toList();
    if (chunks.isEmpty()) {
      return false;
    }
    missing.removeAll(chunks);
    chunks.forEach(chunk -> object.open.put(chunk, new Wanted(peer, now)));
    peer.openWants++;
    peer.flood().wanted(chunks.size(), now);
    long left = object.signedAt + Ground.LATE - now;
    int leftMs = Math.clamp(left / Ground.ms(1), 1, 3000);
    peer.outbox()
        .say(new Frame.Want(peer.track(object.rendition), object.at, leftMs, ranges(chunks)));
    ground.afterMs(
        PATIENCE_MS,
        () -> {
          if (object.isOpen()) {
            want(object);
          }
        });
    return true;
  }

  /** A chunk came: who else would send it need not. */
  void took(ObjectState object, int chunk, Peer from) {
    Wanted open = object.open.remove(chunk);
    if (open != null && open.from() != from) {
      cancel(object, open.from(), List.of(new Frame.Range(chunk, 1)));
    }
    if (open != null
        && object.open.values().stream().noneMatch(each -> each.from() == open.from())) {
      open.from().openWants = Math.max(0, open.from().openWants - 1);
    }
    int stripe = StripeTrees.stripe(chunk);
    for (Peer peer : peers.all()) {
      if (peer != from && (peer.stripes(object.rendition) >> stripe & 1) == 1) {
        cancel(object, peer, List.of(new Frame.Range(chunk, 1)));
      }
    }
  }

  /** All is here and did not come along the trees: parents need not send any of it. */
  void fetched(ObjectState object) {
    for (Peer peer : peers.all()) {
      if (peer.stripes(object.rendition) != 0) {
        cancel(object, peer, List.of());
      }
    }
  }

  private static void cancel(ObjectState object, Peer peer, List<Frame.Range> ranges) {
    peer.outbox().say(new Frame.Cancel(peer.track(object.rendition), object.at, ranges));
  }

  /** Ascending chunks as ranges, as many as a frame takes. */
  static List<Frame.Range> ranges(List<Integer> chunks) {
    List<Frame.Range> ranges = new ArrayList<>();
    for (int i = 0; i < chunks.size() && ranges.size() < FrameType.MAX_RANGES; ) {
      int first = chunks.get(i);
      int count = 1;
      while (i + count < chunks.size() && chunks.get(i + count) == first + count) {
        count++;
      }
      ranges.add(new Frame.Range(first, count));
      i += count;
    }
    return ranges;
  }
}
