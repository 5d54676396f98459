package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Demand goes up the trees: the stripes that players here or relays below need are asked of their
 * parents, or of those who stand in for these where they are lost (section 6). Mesh's executor.
 */
final class Demand {
  private final Ground ground;
  private final Roster roster;
  private final Peers peers;
  private final Ranks ranks;
  private final Renditions renditions;
  private final Set<StreamPath> followed = new HashSet<>();

  Demand(Ground ground, Roster roster, Peers peers, Ranks ranks, Renditions renditions) {
    this.ground = ground;
    this.roster = roster;
    this.peers = peers;
    this.ranks = ranks;
    this.renditions = renditions;
  }

  /** A peer names a track, and asks for stripes of it. */
  void subscribe(Peer peer, Frame.Subscribe asked) {
    StreamPath path = new StreamPath(asked.app(), asked.name());
    Optional<Rendition> known = renditions.make(path, asked.rendition());
    if (known.isEmpty()) {
      ground.counts().dropped++;
      return;
    }
    Rendition rendition = known.get();
    if (!peer.names(asked.track(), rendition)) {
      peers.malformed(
          peer, "track %d names two renditions, or is one too many".formatted(asked.track()));
      return;
    }
    rendition.named.put(peer, new Rendition.Asked(asked.stripes(), asked.fromMsn()));
    if (asked.stripes() == 0) {
      rendition.children.remove(peer);
    } else {
      rendition.children.add(peer);
    }
    review(rendition);
  }

  /** A peer needs no more of a track. */
  void unsubscribe(Peer peer, int track) {
    Rendition rendition = peer.unnames(track);
    if (rendition != null) {
      leave(peer, rendition);
      review(rendition);
    }
  }

  /** A connection is closed. */
  void gone(Peer peer) {
    for (Rendition rendition : peer.theirs().values()) {
      leave(peer, rendition);
    }
    reviewAll();
  }

  private static void leave(Peer peer, Rendition rendition) {
    rendition.named.remove(peer);
    rendition.children.remove(peer);
  }

  void reviewAll() {
    renditions.all().forEach(this::review);
  }

  /** Asks those who should be asked now, and no others. */
  void review(Rendition rendition) {
    if (!rendition.needed()) {
      release(rendition);
      return;
    }
    rendition.active = true;
    if (followed.add(rendition.path)) {
      ground.host().follow(rendition.path);
    }
    Map<Bytes, Integer> wanted = wanted(rendition);
    int pending = 0;
    for (Map.Entry<Bytes, Integer> each : wanted.entrySet()) {
      if (peers.get(each.getKey()).isEmpty()) {
        peers.ensure(each.getKey());
        pending |= (each.getValue() & Frame.MULTICAST) != 0 ? StripeTrees.ALL : each.getValue();
      }
    }
    for (Peer peer : List.copyOf(peers.all())) {
      Integer stripes = wanted.get(peer.id());
      // Whoever gives a stripe gives it until there is a connection to who is to give it next.
      int still = peer.stripes(rendition) & pending;
      if (stripes != null) {
        peer.subscribe(rendition, stripes | still, 0);
      } else if (peer.tracks().contains(rendition)) {
        peer.subscribe(rendition, still, 0);
      }
    }
  }

  private void release(Rendition rendition) {
    if (!rendition.active) {
      return;
    }
    rendition.active = false;
    for (Peer peer : List.copyOf(peers.all())) {
      peer.unsubscribe(rendition);
    }
    if (renditions.of(rendition.path).stream().noneMatch(Rendition::needed)) {
      followed.remove(rendition.path);
      roster.forget(rendition.path);
      ground.host().unfollow(rendition.path);
    }
  }

  /**
   * Whom to ask, and for which stripes: the feeder for all of it, where it is heard by multicast,
   * else parents; who feeds before this relay does, and neighbours for none.
   */
  private Map<Bytes, Integer> wanted(Rendition rendition) {
    Map<Bytes, Integer> wanted = new LinkedHashMap<>();
    Optional<Bytes> heard =
        ranks.feeder(rendition.path).filter(id -> ground.multicast().hears(id, rendition.track()));
    if (heard.isPresent()) {
      wanted.put(heard.get(), Frame.MULTICAST);
    } else if (ranks.rank(rendition.path) != 1) {
      StripeTrees trees = roster.trees(rendition.path);
      int stripes = rendition.stripes();
      for (int stripe = 0; stripe < StripeTrees.STRIPES; stripe++) {
        int bit = 1 << stripe;
        if ((stripes & bit) != 0) {
          giver(trees.givers(stripe, ground.id()))
              .ifPresent(id -> wanted.merge(id, bit, (one, other) -> one | other));
        }
      }
    }
    ranks.before(rendition.path).forEach(id -> wanted.putIfAbsent(id, 0));
    roster.neighbours().stream().filter(peers::isUsable).forEach(id -> wanted.putIfAbsent(id, 0));
    return wanted;
  }

  /** The first that is there; the first of all where none is. */
  private Optional<Bytes> giver(List<Bytes> givers) {
    return givers.stream()
        .filter(peers::isUsable)
        .findFirst()
        .or(() -> givers.stream().findFirst());
  }
}
