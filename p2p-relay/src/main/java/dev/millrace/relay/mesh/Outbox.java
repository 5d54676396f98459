package dev.millrace.relay.mesh;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent to one peer: what is said before what is given. Chunks are bounded at 40 ms
 * of the uplink, and taken out again where they are cancelled or too old (section 7, controls 1 and
 * 2). Mesh's executor.
 */
final class Outbox {
  /** What is said is short, and much of it at once is a fault here. */
  private static final int MAX_SAID = 2000;

  private static final long BOUND_MS = 40;

  /** A connection that takes nothing for so long carries nothing. */
  private static final long STUCK = Ground.ms(100);

  /** A chunk, or with -1 the leaves, of an object. */
  private record Given(ObjectState object, int chunk, boolean repair, int bytes) {}

  private final Ground ground;
  private final Peer peer;
  private final Uplink uplink;
  private final Deque<Frame.Linked> said = new ArrayDeque<>();
  private final Deque<Given> given = new ArrayDeque<>();
  private long waitingBytes;
  private long movedAt;

  Outbox(Ground ground, Peer peer, Uplink uplink) {
    this.ground = ground;
    this.peer = peer;
    this.uplink = uplink;
  }

  /** What 40 ms of an uplink carry, bytes. */
  static long bound(long uplinkKbit) {
    return uplinkKbit * BOUND_MS / Byte.SIZE;
  }

  long waitingBytes() {
    return waitingBytes;
  }

  /** What is in the way of others: nothing where the connection takes nothing. */
  long movingBytes() {
    return ground.now() - movedAt > STUCK ? 0 : waitingBytes;
  }

  boolean hasRoom(int bytes) {
    return !ground.controls().bounded()
        || waitingBytes + bytes <= bound(ground.self().uplinkKbit());
  }

  void say(Frame.Linked frame) {
    if (said.size() < MAX_SAID) {
      said.add(frame);
      drain();
    }
  }

  /** Gives a chunk; with the object's leaves before its first one. */
  void give(ObjectState object, int chunk, boolean repair) {
    peer.track(object.rendition);
    if (object.headTo.add(peer)) {
      put(new Given(object, -1, repair, FrameLength.ofHead(object.chunks())));
    }
    object.spare(peer, chunk);
    put(new Given(object, chunk, repair, FrameLength.ofChunk(object.length(chunk))));
    drain();
  }

  private void put(Given next) {
    movedAt = given.isEmpty() ? ground.now() : movedAt;
    given.add(next);
    waitingBytes += next.bytes();
  }

  /** Takes out what the peer does not want any more. */
  void cancel(ObjectState object, int chunk) {
    if (given.isEmpty()) {
      return;
    }
    given.removeIf(
        each -> {
          boolean cancelled = each.object() == object && each.chunk() == chunk;
          waitingBytes -= cancelled ? each.bytes() : 0;
          return cancelled;
        });
  }

  /** Sends as much as the link takes. */
  void drain() {
    Link link = peer.link();
    while (link.isWritable()) {
      Frame.Linked frame = said.poll();
      frame = frame == null ? next() : frame;
      if (frame == null) {
        return;
      }
      uplink.sent(FrameLength.of(frame));
      link.send(frame);
      movedAt = ground.now();
    }
  }

  private Frame.@Nullable Linked next() {
    for (Given next = given.poll(); next != null; next = given.poll()) {
      waitingBytes -= next.bytes();
      ObjectState object = next.object();
      long lifetime = ground.lifetime(object.rendition);
      boolean old =
          ground.now() - object.signedAt
              > (next.repair() ? Math.max(Ground.LATE, lifetime) : lifetime);
      if (old || object.leaves().isEmpty()) {
        ground.counts().leftOut++;
        if (next.chunk() < 0) {
          object.headTo.remove(peer);
        } else {
          object.notSent(peer, next.chunk());
        }
        continue;
      }
      int track = peer.track(object.rendition);
      if (next.chunk() < 0) {
        return new Frame.Head(track, object.at, object.size(), object.leaves());
      }
      ground.counts().chunksOut++;
      return new Frame.Chunk(
          track, object.at, next.chunk(), next.repair(), object.chunk(next.chunk()));
    }
    return null;
  }
}
