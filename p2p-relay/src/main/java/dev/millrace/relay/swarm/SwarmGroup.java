package dev.millrace.relay.swarm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Peers that may be introduced to each other. Guarded by the tracker. */
final class SwarmGroup {
  /** Offers that wait for an answer; older ones have failed. */
  private static final int MOST_OFFERS = 1024;

  private record Member(TrackerPeer peer, long seenNanos) {}

  private record Pending(TrackerPeer from, TrackerPeer to) {}

  private final Map<String, Member> members = new LinkedHashMap<>();

  private final Map<String, Pending> offers =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Pending> eldest) {
          return size() > MOST_OFFERS;
        }
      };

  int size() {
    return members.size();
  }

  /** Who is here under an id. */
  Optional<TrackerPeer> holder(String id) {
    return Optional.ofNullable(members.get(id)).map(Member::peer);
  }

  void put(String id, TrackerPeer peer, long nowNanos) {
    members.put(id, new Member(peer, nowNanos));
  }

  void remove(String id) {
    Member gone = members.remove(id);
    if (gone != null) {
      offers.values().removeIf(offer -> offer.from() == gone.peer || offer.to() == gone.peer);
    }
  }

  void forget(long nowNanos, long silentNanos) {
    List<String> silent =
        members.entrySet().stream()
            .filter(entry -> nowNanos - entry.getValue().seenNanos > silentNanos)
            .map(Map.Entry::getKey)
            .toList();
    silent.forEach(this::remove);
  }

  /** Others to introduce a peer to: of its subnet first, otherwise at random. */
  List<TrackerPeer> choose(TrackerPeer peer, int count, RandomGenerator random) {
    List<TrackerPeer> others = new ArrayList<>();
    for (Member member : members.values()) {
      if (member.peer != peer) {
        others.add(member.peer);
      }
    }
    Collections.shuffle(others, java.util.Random.from(random));
    others.sort(Comparator.comparing((TrackerPeer other) -> !other.isNeighbourOf(peer)));
    return List.copyOf(others.subList(0, Math.min(count, others.size())));
  }

  void noteOffer(String offerId, TrackerPeer from, TrackerPeer to) {
    offers.put(offerId, new Pending(from, to));
  }

  /** Who made this offer to this peer; once. */
  Optional<TrackerPeer> takeOffer(String offerId, TrackerPeer by) {
    Pending offer = offers.get(offerId);
    if (offer == null || offer.to != by) {
      return Optional.empty();
    }
    offers.remove(offerId);
    return Optional.of(offer.from);
  }
}
