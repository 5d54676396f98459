package dev.millrace.relay.mesh;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Parents that have what is due and do not send it: none of a stripe of three objects in a row,
 * although they said that they have some of it, or said nothing at all, and they are left as lost
 * ones are, for a while. That is no fault: they may be slow only. Mesh's executor.
 */
final class Withheld {
  private static final int IN_A_ROW = 3;

  private final Ground ground;
  private final Peers peers;
  private final Map<Peer, Integer> row = new HashMap<>();

  Withheld(Ground ground, Peers peers) {
    this.ground = ground;
    this.peers = peers;
  }

  void expected(ObjectState object) {
    ground.time().after(object.rendition.deadline(), () -> look(object));
  }

  private void look(ObjectState object) {
    if (object.fed || object.pushed) {
      return; // it was here before parents could give it
    }
    boolean cameOtherwise = object.count() > 0;
    for (Peer peer : List.copyOf(peers.all())) {
      int stripes = peer.stripes(object.rendition);
      BitSet has = object.holders.get(peer);
      boolean withheld = false;
      boolean given = false;
      for (int stripe = 0; stripe < Math.min(StripeTrees.STRIPES, object.chunks()); stripe++) {
        if ((stripes >> stripe & 1) == 1) {
          given |= object.came(stripe);
          withheld |= !object.came(stripe) && (has == null ? cameOtherwise : hasAny(has, stripe));
        }
      }
      if (given) {
        row.remove(peer);
      } else if (withheld && row.merge(peer, 1, Integer::sum) >= IN_A_ROW) {
        row.remove(peer);
        peers.avoid(peer);
      }
    }
  }

  private static boolean hasAny(BitSet chunks, int stripe) {
    return chunks.stream().anyMatch(chunk -> StripeTrees.stripe(chunk) == stripe);
  }

  void gone(Peer peer) {
    row.remove(peer);
  }
}
