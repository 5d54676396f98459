package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartEntry;
import dev.millrace.relay.mesh.ObjectState.Phase;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of objects (section 7): what comes is kept aside until its entry is signed, and
 * then taken only where it fits the entry. Whoever sent what does not fit is blamed. Mesh's
 * executor.
 */
final class Objects {
  /** What follows from what happens to an object. */
  interface Watcher {
    void expected(ObjectState object);

    /** A chunk came from a peer and fits. */
    void took(ObjectState object, Frame.Chunk chunk, Peer from);

    /** The last chunk is here. */
    void completed(ObjectState object);

    /** 2 D are over; whether players here wait for it still. */
    boolean late(ObjectState object);

    /** It is over, or nobody but players that ask for it needs it. */
    void expired(ObjectState object);

    /** A frame that had to wait for its entry, and is no OBJECT and no CHUNK. */
    void replay(Peer from, Frame.Linked frame);
  }

  private static final long ASIDE_MS = 200;
  private static final long MAX_ASIDE_BYTES = 2L << 20;

  /** A part that is not signed yet stands at most so many segments ahead. */
  private static final int MAX_AHEAD = 2;

  private final Ground ground;
  private final Peers peers;
  private final Watcher watcher;
  private final Kept kept;

  Objects(Ground ground, Peers peers, Watcher watcher) {
    this.ground = ground;
    this.peers = peers;
    this.watcher = watcher;
    this.kept = new Kept(ground);
  }

  Kept kept() {
    return kept;
  }

  Optional<ObjectState> get(Rendition rendition, LogPosition at) {
    return Optional.ofNullable(rendition.objects.get(at));
  }

  /** The object of a frame, which may be the first sign of it; empty if it is over. */
  Optional<ObjectState> coming(Rendition rendition, LogPosition at) {
    ObjectState known = rendition.objects.get(at);
    if (known != null) {
      return Optional.of(known);
    }
    LogPosition newest = rendition.newest;
    boolean ahead = newest == null || at.msn() <= newest.msn() + MAX_AHEAD;
    if (rendition.isOver(at) || !ahead) {
      ground.counts().dropped++;
      return Optional.empty();
    }
    ObjectState object = new ObjectState(rendition, at);
    rendition.objects.put(at, object);
    return Optional.of(object);
  }

  /** Keeps a frame until the entry is signed: 2 MB of each peer, 200 ms (section 7). */
  void keepAside(Peer peer, ObjectState object, Frame.Linked frame, int bytes) {
    if (peer.asideBytes + bytes > MAX_ASIDE_BYTES) {
      ground.counts().dropped++;
      useless(peer);
      return;
    }
    if (object.aside.isEmpty()) {
      ground.afterMs(ASIDE_MS, () -> dropAside(object));
    }
    peer.asideBytes += bytes;
    object.aside.add(new ObjectState.Aside(peer, frame, bytes));
  }

  private List<ObjectState.Aside> takeAside(ObjectState object) {
    List<ObjectState.Aside> aside = List.copyOf(object.aside);
    object.aside.clear();
    aside.forEach(each -> each.from().asideBytes -= each.bytes());
    return aside;
  }

  private void dropAside(ObjectState object) {
    if (object.phase() == Phase.UNKNOWN) {
      ground.counts().dropped += takeAside(object).size();
      if (object.players.isEmpty()) {
        object.rendition.objects.remove(object.at, object);
      }
    }
  }

  /** The entry of a part is signed. */
  void signed(Rendition rendition, PartEntry entry, boolean live) {
    LogPosition at = entry.position();
    ObjectState known = rendition.objects.get(at);
    if ((known != null && known.isSigned())
        || (rendition.forgotten != null && at.compareTo(rendition.forgotten) <= 0)) {
      return;
    }
    ObjectState object = known == null ? new ObjectState(rendition, at) : known;
    rendition.objects.put(at, object);
    object.sign(entry, ground.now());
    boolean expected = live && rendition.needed();
    object.phase(expected ? Phase.EXPECTED : Phase.OLD);
    List<ObjectState.Aside> aside = takeAside(object);
    if (!expected) {
      watcher.expired(object);
      return;
    }
    ground.counts().objects++;
    ground.time().after(ground.lifetime(rendition), () -> expire(object));
    watcher.expected(object);
    for (ObjectState.Aside each : aside) {
      switch (each.frame()) {
        case Frame.Head head -> head(each.from(), object, head);
        case Frame.Chunk chunk -> chunk(each.from(), object, chunk);
        default -> watcher.replay(each.from(), each.frame());
      }
    }
  }

  /** A presentation is over: what did not come does not come. */
  void end(Rendition rendition) {
    List.copyOf(rendition.objects.values()).forEach(this::expireNow);
  }

  private void expire(ObjectState object) {
    if (object.isOpen() && object.signedAt + Ground.LATE > ground.now() && watcher.late(object)) {
      ground.time().after(object.signedAt + Ground.LATE - ground.now(), () -> expire(object));
    } else {
      expireNow(object);
    }
  }

  private void expireNow(ObjectState object) {
    if (object.isOpen()) {
      ground.counts().expired += object.lacking().isEmpty() ? 0 : 1;
      object.phase(Phase.EXPIRED);
      watcher.expired(object);
    }
  }

  /** The leaves of an object. */
  void head(Peer peer, ObjectState object, Frame.Head head) {
    if (object.phase() == Phase.UNKNOWN) {
      keepAside(peer, object, head, FrameLength.of(head));
      return;
    }
    if (!object.isOpen()) {
      return;
    }
    if (object.leaves().isEmpty()) {
      if (head.sizeBytes() != object.size()
          || !ground.check().fits(head.leaves(), object.entry())) {
        peers.blame(peer, "the leaves of " + object.at + " do not fit the log");
        return;
      }
      object.leaves(head.leaves());
    } else if (!head.leaves().equals(object.leaves())) {
      peers.blame(peer, "the leaves of " + object.at + " do not fit the log");
      return;
    }
    object.headFrom.add(peer);
  }

  /** A chunk of an object. */
  void chunk(Peer peer, ObjectState object, Frame.Chunk chunk) {
    if (object.phase() == Phase.UNKNOWN) {
      keepAside(peer, object, chunk, FrameLength.of(chunk));
      return;
    }
    int index = chunk.index();
    boolean known = object.has(index);
    if (known && chunk.data().equals(object.chunk(index))) {
      ground.counts().duplicates++;
      useless(peer);
      return;
    }
    if (!known && (!object.isOpen() || !object.headFrom.contains(peer))) {
      ground.counts().dropped++;
      useless(peer);
      return;
    }
    if (known
        || index >= object.chunks()
        || chunk.data().length() != object.length(index)
        || !ground.check().isChunk(chunk.data(), object.leaves().get(index))) {
      ObjectState.Wanted open = object.open.get(index);
      if (open != null && open.from() == peer) {
        object.open.remove(index);
      }
      peers.blame(peer, "chunk %d of %s does not fit the log".formatted(index, object.at));
      return;
    }
    object.put(index, chunk.data());
    if (!chunk.repair()) {
      object.cameAlong(index, ground.now());
    }
    object.phase(Phase.PARTIAL);
    peer.chunksIn++;
    ground.counts().chunksIn++;
    watcher.took(object, chunk, peer);
    if (object.isWhole()) {
      complete(object);
    }
  }

  /** A peer sent a chunk that is of no use. */
  void useless(Peer peer) {
    if (peer.flood().isOne(ground.now())) {
      peers.blame(peer, "far more chunks than are of use");
    }
  }

  /**
   * Takes a whole part that came from the edge.
   *
   * @return whether it is what the log says
   */
  boolean whole(ObjectState object, Bytes part) {
    List<Bytes> leaves = known(object, part);
    if (leaves == null) {
      return false;
    }
    object.leaves(leaves);
    for (int chunk = 0; chunk < object.chunks(); chunk++) {
      object.put(chunk, part.slice(chunk * FrameType.CHUNK_BYTES, object.length(chunk)));
    }
    complete(object);
    return true;
  }

  private @Nullable List<Bytes> known(ObjectState object, Bytes part) {
    if (!ground.check().isPart(part, object.entry())) {
      return null;
    }
    List<Bytes> leaves = ground.check().leaves(part);
    return ground.check().fits(leaves, object.entry()) ? leaves : null;
  }

  private void complete(ObjectState object) {
    object.rendition.cameAt = ground.now();
    boolean inTime = object.isOpen();
    object.phase(Phase.COMPLETE);
    kept.add(object);
    if (inTime) {
      ground.counts().complete++;
      long took = ground.now() - object.signedAt;
      ground.counts().late += took > object.rendition.deadline() ? 1 : 0;
    }
    watcher.completed(object);
  }
}
