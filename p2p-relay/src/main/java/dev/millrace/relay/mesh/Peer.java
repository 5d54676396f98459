package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A relay to which there is a connection: what each end calls its tracks, what waits for it, and
 * how it answers. Mesh's executor.
 */
final class Peer {
  /** Tracks that one end may name at a time. */
  static final int MAX_TRACKS = 512;

  private static final long SILENT = Ground.ms(1000);
  private static final long GONE = Ground.ms(5000);

  private final Link link;
  private final Ground ground;
  private final Outbox outbox;
  private final Map<Integer, Rendition> theirs = new HashMap<>();
  private final Map<Rendition, Integer> ours = new LinkedHashMap<>();
  private final Map<Rendition, Integer> told = new HashMap<>();
  private final Share share;
  private final Flood flood;
  private int lastTrack;
  private long token;
  private long pingedAt;
  private long answeredAt;
  private boolean waiting;
  private long roundTrip = -1;
  private int queueMs;
  long asideBytes;
  long chunksIn;
  long wrong;

  /** WANTs that it has not answered. */
  int openWants;

  Peer(Ground ground, Link link, Uplink uplink) {
    this.ground = ground;
    this.link = link;
    this.outbox = new Outbox(ground, this, uplink);
    this.share = new Share(ground.now());
    this.flood = new Flood(ground.now());
    this.answeredAt = ground.now();
    this.pingedAt = ground.now();
  }

  Bytes id() {
    return link.peer();
  }

  Link link() {
    return link;
  }

  Outbox outbox() {
    return outbox;
  }

  Share share() {
    return share;
  }

  Flood flood() {
    return flood;
  }

  /** What this end calls a rendition; told first, if it was not yet. */
  int track(Rendition rendition) {
    Integer known = ours.get(rendition);
    if (known != null) {
      return known;
    }
    subscribe(rendition, 0, 0);
    return lastTrack;
  }

  /** Asks for these stripes, or, with none, names the track; once. */
  void subscribe(Rendition rendition, int stripes, long fromMsn) {
    Integer before = told.put(rendition, stripes);
    if (before != null && before == stripes) {
      return;
    }
    Integer known = ours.get(rendition);
    int track = known == null ? ++lastTrack : known;
    ours.put(rendition, track);
    outbox.say(
        new Frame.Subscribe(
            track, rendition.path.app(), rendition.path.name(), rendition.name, stripes, fromMsn));
  }

  /** Needs no more of it. */
  void unsubscribe(Rendition rendition) {
    told.remove(rendition);
    Integer track = ours.remove(rendition);
    if (track != null) {
      outbox.say(new Frame.Unsubscribe(track));
    }
  }

  /** Of which renditions this end asks something there. */
  Set<Rendition> tracks() {
    return ours.keySet();
  }

  /** The stripes for which this end asks there. */
  int stripes(Rendition rendition) {
    return told.getOrDefault(rendition, 0) & StripeTrees.ALL;
  }

  /** What it calls a rendition from now on; false if it may not. */
  boolean names(int track, Rendition rendition) {
    Rendition before = theirs.putIfAbsent(track, rendition);
    return (before == null || before == rendition) && theirs.size() <= MAX_TRACKS;
  }

  @Nullable Rendition named(int track) {
    return theirs.get(track);
  }

  @Nullable Rendition unnames(int track) {
    return theirs.remove(track);
  }

  Map<Integer, Rendition> theirs() {
    return theirs;
  }

  /** Asks whether it is there. */
  void ping(long now) {
    if (!waiting) {
      waiting = true;
      pingedAt = now;
      token = ground.random().nextLong();
    }
    outbox.say(new Frame.Ping(token));
  }

  void pong(Frame.Pong pong, long now) {
    if (waiting && pong.token() == token) {
      waiting = false;
      roundTrip = now - pingedAt;
      answeredAt = now;
    }
    queueMs = pong.queueMs();
  }

  /** Whether it left a PING unanswered for more than 1 s. */
  boolean isSilent(long now) {
    return waiting && now - pingedAt > SILENT;
  }

  /** Whether it answered none of the last 5 s. */
  boolean isGone(long now) {
    return waiting && now - answeredAt > GONE;
  }

  /** How far it is, for choosing the nearest: those who never answered last. */
  long distance() {
    return roundTrip < 0 ? Long.MAX_VALUE : roundTrip;
  }

  /** How long what is asked of it waits there, ms: as it said, and what was asked since. */
  long load() {
    return queueMs + 5L * openWants;
  }

  MeshSnapshot.Peer snapshot(long now) {
    return new MeshSnapshot.Peer(
        id(),
        isSilent(now),
        roundTrip < 0 ? -1 : roundTrip / 1e6,
        outbox.waitingBytes(),
        queueMs,
        chunksIn,
        wrong);
  }
}
