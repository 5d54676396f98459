package dev.millrace.media.live;

import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.live.StreamChange.Kind;
import dev.millrace.media.live.StreamEvent.FrameArrived;
import dev.millrace.media.live.StreamEvent.SessionEnded;
import dev.millrace.media.live.StreamEvent.SessionStarted;
import dev.millrace.media.live.StreamEvent.StreamEnded;
import dev.millrace.media.live.StreamEvent.StreamFenced;
import dev.millrace.media.live.StreamEvent.TimeBroken;
import dev.millrace.media.live.StreamEvent.TracksChanged;
import dev.millrace.media.live.StreamFacts.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One path that is published, with all who read it. It outlives its publisher by the reconnect
 * window. Any thread.
 *
 * <pre>
 * from       event                                   to
 * WAITING    accepted (also the first time)          LIVE
 * LIVE       accepted, same owner (takeover)         LIVE, a new session
 * LIVE       publication ends                        WAITING
 * WAITING    reconnect window closes                 ENDED
 * LIVE, WAITING  hub closes                          ENDED
 * LIVE, WAITING  a newer session on another node     ENDED
 * </pre>
 */
public final class LiveStream {
  private final StreamPath path;
  private final LiveStreams owner;
  private final LiveConfig config;
  private final Instant startedAt;
  private final StreamMeters meters = new StreamMeters();

  /*
   * One lock for everything below. The publisher takes it once a frame and only readers that join,
   * leave or ask for facts take it besides, so it is nearly always free. Lock order: hub, stream,
   * subscription.
   */
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Subscription> subscribers = new ArrayList<>();
  private final GopCache gop;
  private final Map<String, String> warnings = new LinkedHashMap<>();
  private State state = State.WAITING;
  private @Nullable Publication current;
  private @Nullable Publication last;
  private @Nullable SessionStarted session;
  private @Nullable TracksChanged tracks;
  private boolean hasVideo;
  private int sessions;

  LiveStream(StreamPath path, LiveStreams owner, LiveConfig config, Instant startedAt) {
    this.path = path;
    this.owner = owner;
    this.config = config;
    this.startedAt = startedAt;
    this.gop = new GopCache(config.queueFrames() / 2, config.queueBytes() / 2);
  }

  public StreamPath path() {
    return path;
  }

  /**
   * Begins to read. The queue starts with the present session, its tracks and everything since the
   * last key frame, as far as there is any of it.
   */
  public Subscription subscribe() {
    Subscription subscription =
        new Subscription(config.queueFrames(), config.queueBytes(), this::unsubscribe);
    lock.lock();
    try {
      if (state == State.ENDED) {
        subscription.offerControl(new StreamEnded());
        return subscription;
      }
      subscribers.add(subscription);
      if (state == State.LIVE && session != null) {
        subscription.offerControl(session);
        if (tracks != null) {
          subscription.offerControl(tracks);
        }
        for (StreamEvent event : gop.events()) {
          if (event instanceof FrameArrived arrived) {
            subscription.offerFrame(arrived, isEntry(arrived));
          } else {
            subscription.offerControl(event);
          }
        }
      }
      return subscription;
    } finally {
      lock.unlock();
    }
  }

  /** What is known at this instant. */
  public StreamFacts facts() {
    Instant now = owner.now();
    long nanos = owner.nanoTime();
    lock.lock();
    try {
      return new StreamFacts(
          path,
          state,
          Optional.ofNullable(last).map(publication -> publication.request().publisher()),
          tracks == null ? List.of() : tracks.tracks(),
          startedAt,
          Duration.between(startedAt, now),
          meters.bytes(),
          meters.bitsPerSecond(MediaType.VIDEO, nanos),
          meters.bitsPerSecond(MediaType.AUDIO, nanos),
          meters.frameRate(),
          Collections.unmodifiableMap(new LinkedHashMap<>(warnings)),
          Math.max(0, sessions - 1),
          last == null ? 0 : last.epoch(),
          last == null ? "" : last.request().grant().credential());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Tells the operator that something is wrong with the stream; stays until cleared or until the
   * next session.
   *
   * @param code fixed, for machines, for example {@code key-frames-far}
   * @param text one sentence, for people
   */
  public void setWarning(String code, String text) {
    boolean news;
    lock.lock();
    try {
      news = !text.equals(warnings.put(code, text));
    } finally {
      lock.unlock();
    }
    if (news) {
      owner.warned(this, text);
    }
  }

  /** Takes a warning back; does nothing if it is not set. */
  public void clearWarning(String code) {
    lock.lock();
    try {
      warnings.remove(code);
    } finally {
      lock.unlock();
    }
  }

  /** Why the credential may not publish now; empty if it may. */
  Optional<String> refusal(String credential) {
    lock.lock();
    try {
      if (last == null || last.request().grant().credential().equals(credential)) {
        return Optional.empty();
      }
      return Optional.of(refusal(path, state == State.LIVE));
    } finally {
      lock.unlock();
    }
  }

  static String refusal(StreamPath path, boolean live) {
    return live
        ? path + " is being published with another key"
        : path + " is kept for its publisher, who may come back";
  }

  /** Of the present or last session; 0 before the first. */
  long epoch() {
    lock.lock();
    try {
      return last == null ? 0 : last.epoch();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Begins a session.
   *
   * @return the publication that was live and has lost the path to the new one
   */
  Optional<Publication> begin(Publication publication, Instant now) {
    lock.lock();
    try {
      Optional<Publication> old = Optional.ofNullable(current);
      old.ifPresent(publisher -> endSession("taken over by a newer connection of its owner"));
      state(State.LIVE);
      current = publication;
      last = publication;
      sessions++;
      changed(sessions == 1 ? Kind.BEGAN : Kind.RETURNED);
      session = new SessionStarted(publication.epoch(), now);
      warnings.clear();
      broadcast(session);
      return old;
    } finally {
      lock.unlock();
    }
  }

  boolean isCurrent(Publication publication) {
    lock.lock();
    try {
      return current == publication;
    } finally {
      lock.unlock();
    }
  }

  void tracks(Publication publication, TracksChanged changed) {
    lock.lock();
    try {
      if (current == publication) {
        tracks = changed;
        hasVideo = changed.tracks().stream().anyMatch(Track.Video.class::isInstance);
        gop.clear();
        broadcast(changed);
      }
    } finally {
      lock.unlock();
    }
  }

  void frame(Publication publication, FrameArrived arrived) {
    lock.lock();
    try {
      if (current != publication) {
        return;
      }
      boolean entry = isEntry(arrived);
      meters.count(arrived.frame());
      gop.add(arrived, entry);
      for (int i = 0; i < subscribers.size(); i++) {
        subscribers.get(i).offerFrame(arrived, entry);
      }
    } finally {
      lock.unlock();
    }
  }

  void timeBroken(Publication publication, TimeBroken broken) {
    lock.lock();
    try {
      if (current == publication) {
        gop.addBetween(broken);
        broadcast(broken);
      }
    } finally {
      lock.unlock();
    }
  }

  void end(Publication publication, String reason) {
    lock.lock();
    try {
      if (current != publication) {
        return;
      }
      endSession(reason);
      state(State.WAITING);
      changed(Kind.AWAY);
    } finally {
      lock.unlock();
    }
    owner.awaitReturn(this, publication);
  }

  /**
   * Ends the stream if nobody has come back since that publication ended.
   *
   * @return whether it is over
   */
  boolean expire(Publication publication) {
    lock.lock();
    try {
      if (state == State.WAITING && last == publication) {
        endStream();
      }
      return state == State.ENDED;
    } finally {
      lock.unlock();
    }
  }

  /** Ends session and stream at once. */
  void shutDown(String reason) {
    lock.lock();
    try {
      if (state == State.LIVE) {
        endSession(reason);
      }
      endStream();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends session and stream at once, since a newer session is elsewhere.
   *
   * @return the publication that was live
   */
  Optional<Publication> fence(long newerEpoch, String reason) {
    lock.lock();
    try {
      Optional<Publication> old = Optional.ofNullable(current);
      forgetSession();
      state(State.ENDED);
      changed(Kind.FENCED);
      broadcast(new StreamFenced(newerEpoch, reason));
      subscribers.clear();
      return old;
    } finally {
      lock.unlock();
    }
  }

  private void endStream() {
    state(State.ENDED);
    changed(Kind.ENDED);
    broadcast(new StreamEnded());
    subscribers.clear();
  }

  private void changed(Kind kind) {
    if (last != null) {
      String credential = last.request().grant().credential();
      owner.changed(new StreamChange(path, kind, last.epoch(), credential));
    }
  }

  private void endSession(String reason) {
    forgetSession();
    broadcast(new SessionEnded(reason));
  }

  private void forgetSession() {
    current = null;
    session = null;
    gop.clear();
    meters.endSession();
  }

  private void state(State next) {
    state = next;
  }

  private void broadcast(StreamEvent event) {
    for (Subscription subscriber : subscribers) {
      subscriber.offerControl(event);
    }
  }

  private void unsubscribe(Subscription subscription) {
    lock.lock();
    try {
      subscribers.remove(subscription);
    } finally {
      lock.unlock();
    }
  }

  /** Whether a reader may start here: at a key frame, of the main video where there is any. */
  private boolean isEntry(FrameArrived arrived) {
    Frame frame = arrived.frame();
    boolean mainVideo = frame.type() == MediaType.VIDEO && frame.trackId() == 0;
    return frame.key() && (!hasVideo || mainVideo);
  }
}
