package dev.millrace.cluster;

import dev.millrace.cluster.Directory.Outcome;
import dev.millrace.cluster.channel.MemberId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Puts what other members say into the directory: collects the pieces of a section, keeps for a
 * while the changes that came before their base (messages to one member and to all may overtake
 * each other), and knows who must be asked for a section again. Used under the membership's lock.
 */
final class Inbox {
  /** How long a section or a change may be missing before it is asked for. */
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** How long after a question, or a piece of the answer, until it is asked again. */
  private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

  /** Changes kept of one member; more are made good by its section. */
  private static final int MAX_EARLY = 64;

  private static final class Peer {
    final TreeMap<Long, Delta> early = new TreeMap<>();
    final Map<Integer, Message.Piece> pieces = new HashMap<>();

    /** Since when something is missing; {@code nanoTime}. */
    @Nullable Long missingSince;

    long quietUntil;
  }

  private final Directory directory;
  private final Map<MemberId, Peer> peers = new HashMap<>();

  Inbox(Directory directory) {
    this.directory = directory;
  }

  /** The group changed; the directory knows it already. */
  void group(Set<MemberId> others, long now) {
    peers.keySet().retainAll(others);
    for (MemberId member : others) {
      peers.computeIfAbsent(
          member,
          any -> {
            Peer peer = new Peer();
            peer.missingSince = now;
            peer.quietUntil = now;
            return peer;
          });
    }
  }

  Outcome piece(MemberId from, Message.Piece piece, long now) {
    Peer peer = peers.get(from);
    if (peer == null) {
      return Outcome.STRANGER;
    }
    if (peer.pieces.values().stream().anyMatch(other -> !ofSameSection(other, piece))) {
      peer.pieces.clear();
    }
    peer.pieces.put(piece.index(), piece);
    if (peer.pieces.size() < piece.count()) {
      peer.quietUntil = now + AGAIN_NANOS;
      return Outcome.OLD;
    }
    Section section = joined(peer.pieces);
    peer.pieces.clear();
    Outcome outcome = directory.section(from, section);
    settle(from, peer, now);
    return outcome;
  }

  Outcome changed(MemberId from, Delta delta, long now) {
    Peer peer = peers.get(from);
    if (peer == null) {
      return Outcome.STRANGER;
    }
    Outcome outcome = directory.delta(from, delta);
    if (outcome == Outcome.GAP && peer.early.size() < MAX_EARLY) {
      peer.early.put(delta.version().counter(), delta);
    }
    settle(from, peer, now);
    if (outcome == Outcome.GAP && peer.missingSince == null) {
      peer.missingSince = now;
    }
    return outcome;
  }

  void still(MemberId from, Version version, long now) {
    Peer peer = peers.get(from);
    Section known = directory.known(from);
    if (peer != null
        && peer.missingSince == null
        && (known == null || known.version().compareTo(version) < 0)) {
      peer.missingSince = now;
    }
  }

  /** Members to be asked for their section now. */
  List<MemberId> toAsk(long now) {
    List<MemberId> ask = new ArrayList<>();
    Set<MemberId> silent = directory.silent();
    peers.forEach(
        (member, peer) -> {
          boolean mute = directory.known(member) == null && !silent.contains(member);
          if (mute || peer.missingSince == null) {
            return;
          }
          if (now - peer.missingSince >= PATIENCE_NANOS && now - peer.quietUntil >= 0) {
            peer.quietUntil = now + AGAIN_NANOS;
            ask.add(member);
          }
        });
    return ask;
  }

  /** Lays the changes that waited on what is known, and sees whether something is still missing. */
  private void settle(MemberId from, Peer peer, long now) {
    Section known = directory.known(from);
    if (known == null) {
      return;
    }
    while (!peer.early.isEmpty()) {
      Delta first = peer.early.firstEntry().getValue();
      if (directory.delta(from, first) == Outcome.GAP) {
        break;
      }
      peer.early.pollFirstEntry();
    }
    if (peer.early.isEmpty()) {
      peer.missingSince = null;
    } else if (peer.missingSince == null) {
      peer.missingSince = now;
    }
  }

  private static boolean ofSameSection(Message.Piece one, Message.Piece other) {
    return one.version().equals(other.version()) && one.count() == other.count();
  }

  private static Section joined(Map<Integer, Message.Piece> pieces) {
    PathMap.Change<List<Holding>> holdings = PathMap.<List<Holding>>empty().change();
    for (Message.Piece piece : pieces.values()) {
      for (Holding holding : piece.held()) {
        List<Holding> before = holdings.get(holding.path());
        List<Holding> ofPath = before == null ? new ArrayList<>(1) : new ArrayList<>(before);
        ofPath.add(holding);
        holdings.put(holding.path(), List.copyOf(ofPath));
      }
    }
    Message.Piece first = pieces.get(0);
    if (first == null || first.info() == null || first.settings() == null) {
      throw new IllegalStateException("the reader lets no first piece without a node pass");
    }
    return new Section(first.version(), first.info(), first.settings(), holdings.done());
  }
}
