package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Passes chunks on: along the stripes to those who subscribed, along all of them from the top where
 * this relay stands in for the feeder, and to those who want them (sections 6 and 7). Mesh's
 * executor.
 */
final class Spread {
  private static final int BUSY_MS = 40;

  private final Ground ground;
  private final Roster roster;
  private final Peers peers;

  Spread(Ground ground, Roster roster, Peers peers) {
    this.ground = ground;
    this.roster = roster;
    this.peers = peers;
  }

  /** A chunk is here, and verified. */
  void pass(ObjectState object, int chunk, @Nullable Peer from) {
    int stripe = StripeTrees.stripe(chunk);
    for (Peer child : object.rendition.children) {
      Rendition.Asked asked = object.rendition.named.get(child);
      if (child != from && asked != null && asked.covers(stripe, object.at.msn())) {
        give(child, object, chunk);
      }
    }
    if (object.pushed) {
      first(object, stripe)
          .filter(peer -> peer != from)
          .ifPresent(peer -> give(peer, object, chunk));
    }
  }

  /** All of an object that was fetched in place of the feeder. */
  void push(ObjectState object) {
    object.pushed = true;
    StripeTrees trees = roster.trees(object.rendition.path);
    for (int stripe = 0; stripe < StripeTrees.STRIPES; stripe++) {
      trees.first(stripe).ifPresent(peers::ensure);
    }
    passAll(object);
  }

  void passAll(ObjectState object) {
    for (int chunk = 0; chunk < object.chunks(); chunk++) {
      if (object.has(chunk)) {
        pass(object, chunk, null);
      }
    }
  }

  private Optional<Peer> first(ObjectState object, int stripe) {
    Optional<Bytes> first = roster.trees(object.rendition.path).first(stripe);
    return first.flatMap(peers::get);
  }

  private void give(Peer peer, ObjectState object, int chunk) {
    if (object.spares(peer, chunk)) {
      return;
    }
    if (peer.outbox().hasRoom(object.length(chunk))) {
      peer.outbox().give(object, chunk, false);
    } else {
      ground.counts().leftOut++;
    }
  }

  /** A peer asks for chunks. */
  void want(Peer peer, Frame.Want want, @Nullable ObjectState object) {
    if (object == null || !object.isSigned() || object.count() == 0) {
      boolean soon = object != null && object.fed && object.isOpen();
      refuse(peer, want, object, soon ? Frame.Refusal.BUSY : Frame.Refusal.UNKNOWN);
      return;
    }
    if (ground.now() - object.signedAt > Math.max(Ground.LATE, ground.lifetime(object.rendition))) {
      refuse(peer, want, object, Frame.Refusal.EXPIRED);
      return;
    }
    Frame.Refusal refusal = null;
    for (Frame.Range range : want.ranges()) {
      for (int chunk = range.first(); chunk < range.end(); chunk++) {
        if (!object.has(chunk)) {
          refusal = refusal == null ? Frame.Refusal.UNKNOWN : refusal;
        } else if (!object.spares(peer, chunk)) {
          int bytes = object.length(chunk);
          if (!peer.share().asks(bytes, ground.now())) {
            refusal = Frame.Refusal.LIMIT;
          } else if (hasRoom(peer, bytes)) {
            peer.outbox().give(object, chunk, true);
          } else {
            refusal = Frame.Refusal.BUSY;
          }
        }
      }
    }
    if (refusal != null) {
      refuse(peer, want, object, refusal);
    }
  }

  /** For who asks, all that waits is in the way, not only what waits for him. */
  private boolean hasRoom(Peer peer, int bytes) {
    return peer.outbox().hasRoom(bytes)
        && (!ground.controls().bounded()
            || waitingBytes() + bytes <= Outbox.bound(ground.self().uplinkKbit()));
  }

  /** What waits for all who still take something. */
  long waitingBytes() {
    long sum = peers.uplink().waitingBytes();
    for (Peer peer : peers.all()) {
      sum += peer.outbox().movingBytes();
    }
    return sum;
  }

  private void refuse(
      Peer peer, Frame.Want want, @Nullable ObjectState object, Frame.Refusal reason) {
    ground.counts().refused++;
    Rendition rendition = object == null ? peer.named(want.track()) : object.rendition;
    if (rendition != null) {
      peer.outbox().say(new Frame.Refuse(peer.track(rendition), want.at(), reason, BUSY_MS));
    }
  }

  /** A peer has chunks already, or does not want them any more. */
  void cancel(Peer peer, Frame.Cancel cancel, ObjectState object) {
    if (cancel.ranges().isEmpty()) {
      object.spareAll(peer);
      for (int chunk = 0; chunk < object.chunks(); chunk++) {
        peer.outbox().cancel(object, chunk);
      }
      return;
    }
    for (Frame.Range range : cancel.ranges()) {
      for (int chunk = range.first(); chunk < range.end(); chunk++) {
        object.spare(peer, chunk);
        peer.outbox().cancel(object, chunk);
      }
    }
  }

  /** A peer has these: they are sent to it no more. */
  void has(Peer peer, Frame.Have have, ObjectState object) {
    for (int chunk = 0; chunk < have.chunks(); chunk++) {
      if (have.has(chunk)) {
        object.spare(peer, chunk);
        peer.outbox().cancel(object, chunk);
      }
    }
  }

  /** What is pushed is given also to a place 0 that was not connected before. */
  void gained(Iterable<Rendition> renditions) {
    for (Rendition rendition : renditions) {
      for (ObjectState object : rendition.objects.descendingMap().values()) {
        if (ground.now() - object.signedAt > ground.lifetime(rendition)) {
          break;
        }
        if (object.pushed) {
          passAll(object);
        }
      }
    }
  }
}
