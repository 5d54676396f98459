package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections of this relay: opened when somebody asks for one, watched by PING each second,
 * closed when silent too long. Of two between the same relays the one stays that the lower id
 * opened, so that both ends close the same. Mesh's executor.
 */
final class Peers {
  /** Who hears of connections that come and go. */
  interface Watcher {
    void gained(Peer peer);

    /** It is closed; nothing of it is valid any more. */
    void gone(Peer peer);

    /** Somebody fell silent, speaks again, or could not be reached: others are usable now. */
    void changed();
  }

  /** A connection that is being opened, or could not be: not before then again. */
  private record Attempt(boolean open, long since, long until) {}

  private static final long PING = Ground.ms(1000);
  private static final long OPENING = Ground.ms(1000);
  private static final long NEVER_ANSWERED = Ground.ms(30_000);

  /** Longer than it takes the list of relays to lose one that died. */
  private static final long PAUSE = Ground.ms(5000);

  private static final long LONG_PAUSE = Ground.ms(60_000);
  private static final long SHORT_PAUSE = Ground.ms(5_000);

  private final Ground ground;
  private final Blame blame;
  private final Uplink uplink;
  private final Map<Bytes, Peer> peers = new LinkedHashMap<>();
  private final Map<Bytes, Attempt> attempts = new LinkedHashMap<>();
  private final Set<Bytes> silent = new HashSet<>();
  private final Map<Bytes, Avoided> avoided = new HashMap<>();
  private @Nullable Watcher watcher;
  private long nextPing;

  Peers(Ground ground, Blame blame) {
    this.ground = ground;
    this.blame = blame;
    this.uplink = new Uplink(ground);
  }

  void watch(Watcher one) {
    watcher = one;
  }

  Collection<Peer> all() {
    return peers.values();
  }

  /** What this relay has to send. */
  Uplink uplink() {
    return uplink;
  }

  Optional<Peer> get(Bytes id) {
    return Optional.ofNullable(peers.get(id));
  }

  /** The peer of a link; empty if it is not the one that counts. */
  @SuppressWarnings("ReferenceEquality") // this very connection, not one that equals it
  Optional<Peer> of(Link link) {
    return get(link.peer()).filter(peer -> peer.link() == link);
  }

  /** Sees to it that there is a connection, unless it failed just now. */
  void ensure(Bytes id) {
    long now = ground.now();
    Attempt attempt = attempts.get(id);
    boolean pause = attempt != null && (attempt.open() || now < attempt.until());
    if (!peers.containsKey(id) && !pause && !blame.banned(id) && !id.equals(ground.id())) {
      attempts.put(id, new Attempt(true, now, 0));
      ground.host().connect(id);
    }
  }

  /** Whether something may be expected of a relay: it answers, or was not tried yet. */
  boolean isUsable(Bytes id) {
    long now = ground.now();
    if (blame.banned(id) || blame.isSuspended(id) || Avoided.isNow(avoided.get(id), now)) {
      return false;
    }
    Peer peer = peers.get(id);
    if (peer != null) {
      return !peer.isSilent(now);
    }
    Attempt attempt = attempts.get(id);
    return attempt == null
        || (attempt.open() ? now - attempt.since() < OPENING : now >= attempt.until());
  }

  /**
   * Asks nothing of a peer for a while, where others can be asked: for 5 s, and for twice as long
   * each time that this follows within a minute of its end, up to a minute. A machine may have been
   * busy for a moment only, and whoever leaves its feeder feeds itself.
   */
  void avoid(Peer peer) {
    long now = ground.now();
    Avoided before = avoided.get(peer.id());
    long pause = before == null ? SHORT_PAUSE : Math.min(LONG_PAUSE, 2 * before.pause);
    avoided.put(peer.id(), new Avoided(now + pause, pause));
    watching().changed();
  }

  /** Until when a peer is not asked, and for how long that is. */
  private record Avoided(long until, long pause) {
    static boolean isNow(@Nullable Avoided avoided, long now) {
      return avoided != null && now < avoided.until;
    }
  }

  void connected(Link link) {
    Bytes id = link.peer();
    attempts.remove(id);
    Peer before = peers.get(id);
    if (before != null) {
      boolean ours = id.hex().compareTo(ground.id().hex()) > 0;
      boolean same = before.link().opened() == link.opened();
      if (!same && link.opened() != ours) {
        link.close(Frame.Leaving.NOT_NEEDED, "there is one already");
        return;
      }
    }
    Peer peer = new Peer(ground, link, uplink);
    peers.put(id, peer);
    if (before != null) {
      silent.remove(id);
      watching().gone(before);
      before.link().close(Frame.Leaving.NOT_NEEDED, "there is another one");
    }
    watching().gained(peer);
    peer.ping(ground.now());
  }

  void disconnected(Link link) {
    of(link)
        .ifPresent(
            peer -> {
              attempts.put(link.peer(), new Attempt(false, 0, ground.now() + PAUSE));
              drop(peer);
            });
  }

  void unreachable(Bytes id, Optional<Frame.Verdict> verdict) {
    if (peers.containsKey(id)) {
      return;
    }
    boolean refused =
        verdict.isPresent()
            && verdict.get() != Frame.Verdict.OTHER_SITE
            && verdict.get() != Frame.Verdict.STOPPING;
    long until = ground.now() + (refused ? LONG_PAUSE : PAUSE);
    attempts.put(id, new Attempt(false, 0, until));
    watching().changed();
  }

  /** The other end said BYE, and closes. */
  void left(Peer peer, Frame.Leaving reason) {
    long pause = reason == Frame.Leaving.BANNED ? LONG_PAUSE : PAUSE;
    attempts.put(peer.id(), new Attempt(false, 0, ground.now() + pause));
    drop(peer);
    peer.link().close(Frame.Leaving.NOT_NEEDED, "");
  }

  /** A part is signed: what is due of whom, and how much each may ask and send. */
  void expected(ObjectState object, List<Bytes> feeders) {
    long now = ground.now();
    Rendition rendition = object.rendition;
    for (Peer peer : peers.values()) {
      boolean shares =
          feeders.contains(peer.id())
              || peer.tracks().contains(rendition)
              || rendition.named.containsKey(peer);
      if (shares) {
        int stripes = Integer.bitCount(peer.stripes(rendition));
        int due = Math.ceilDiv(object.chunks() * stripes, StripeTrees.STRIPES);
        peer.share().signed(object.size(), now);
        peer.flood().signed(object.chunks(), due, now);
      }
    }
  }

  /** Closes a connection for a reason of ours. */
  void close(Peer peer, Frame.Leaving reason, String text) {
    attempts.put(peer.id(), new Attempt(false, 0, ground.now() + PAUSE));
    drop(peer);
    peer.link().close(reason, text);
  }

  /** Notes a fault of a peer, who may be shut out for it. */
  void blame(Peer peer, String why) {
    peer.wrong++;
    blame.note(peer.id(), why);
    judged();
  }

  /** Another relay accuses some. */
  void heard(Bytes accuser, List<Accusation> all) {
    blame.heard(accuser, all);
    judged();
  }

  /** Leaves those who are shut out; others are usable now. */
  private void judged() {
    for (Peer peer : List.copyOf(peers.values())) {
      if (blame.banned(peer.id())) {
        close(peer, Frame.Leaving.BANNED, blame.why(peer.id()));
      }
    }
    watching().changed();
  }

  /** Whether one of two that differ is at fault: it, or who accuses it. */
  boolean isSuspended(Peer peer) {
    return blame.isSuspended(peer.id());
  }

  /** A peer sent what is no frame, or must not come: that is its fault, and it is closed. */
  void malformed(Peer peer, String reason) {
    ground.counts().malformed++;
    blame(peer, reason);
    if (peers.get(peer.id()) == peer) {
      close(peer, Frame.Leaving.MALFORMED, reason);
    }
  }

  private void drop(Peer peer) {
    peers.remove(peer.id());
    silent.remove(peer.id());
    watching().gone(peer);
  }

  /** Some four times a second. */
  void tick() {
    long now = ground.now();
    boolean ping = now >= nextPing;
    boolean changed = blame.tick();
    if (ping) {
      nextPing = now + PING;
    }
    for (Peer peer : new ArrayList<>(peers.values())) {
      if (peer.isGone(now)) {
        close(peer, Frame.Leaving.NOT_NEEDED, "no PONG for 5 s");
      } else if (peer.isSilent(now)) {
        changed |= silent.add(peer.id());
      } else {
        changed |= silent.remove(peer.id());
      }
      if (ping && peers.get(peer.id()) == peer) {
        peer.ping(now);
      }
    }
    avoided.values().removeIf(each -> now >= each.until + LONG_PAUSE);
    attempts
        .values()
        .removeIf(each -> each.open() ? now - each.since() > NEVER_ANSWERED : now >= each.until());
    if (changed) {
      watching().changed();
    }
  }

  List<MeshSnapshot.Peer> snapshot() {
    long now = ground.now();
    return peers.values().stream().map(peer -> peer.snapshot(now)).toList();
  }

  private Watcher watching() {
    Watcher known = watcher;
    if (known == null) {
      throw new IllegalStateException("nobody watches the connections");
    }
    return known;
  }
}
