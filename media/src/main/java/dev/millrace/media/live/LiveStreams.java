package dev.millrace.media.live;

import dev.millrace.media.StreamPath;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The live streams of this process: who publishes what, and where to read it. A path has one
 * publisher at a time. Any thread.
 *
 * <p>The same owner (equal {@link Grant#credential}) takes a path over at once. Another owner is
 * refused while the path is live, and also within the reconnect window after it: until the window
 * closes only the owner may come back, so that nobody can snatch the viewers of a stream whose
 * publisher has lost its network for a moment.
 */
public final class LiveStreams implements AutoCloseable {
  private volatile LiveConfig config;
  private final InstantSource wall;
  private final LongSupplier nanoTime;
  private final ScheduledExecutorService timer;
  private final Epochs epochs;
  private final Ownership elsewhere;
  private final ChangeNews news = new ChangeNews();
  private final ConcurrentHashMap<StreamPath, LiveStream> streams = new ConcurrentHashMap<>();
  private final List<Consumer<LiveStream>> streamListeners = new CopyOnWriteArrayList<>();
  private final List<BiConsumer<LiveStream, String>> warningListeners =
      new CopyOnWriteArrayList<>();

  // Guards acceptance and removal, which are rare, so that they never meet for one path.
  private final ReentrantLock admission = new ReentrantLock();
  private boolean closed;

  /** Of a node by itself; parameters as below. */
  public LiveStreams(
      LiveConfig config,
      InstantSource wall,
      LongSupplier nanoTime,
      ScheduledExecutorService timer) {
    this(config, wall, nanoTime, timer, new Epochs(wall, ""), Ownership.NOBODY);
  }

  /**
   * @param nanoTime the monotonic clock that {@link dev.millrace.media.Frame#arrivalNanos} is read
   *     from
   * @param timer runs the end of reconnect windows; borrowed, not shut down here
   * @param epochs numbers the sessions of all paths, so that nothing need be kept of paths that are
   *     gone
   * @param elsewhere who publishes on other nodes; asked within {@link #publish}
   */
  public LiveStreams(
      LiveConfig config,
      InstantSource wall,
      LongSupplier nanoTime,
      ScheduledExecutorService timer,
      Epochs epochs,
      Ownership elsewhere) {
    this.config = config;
    this.wall = wall;
    this.nanoTime = nanoTime;
    this.timer = timer;
    this.epochs = epochs;
    this.elsewhere = elsewhere;
  }

  /**
   * Asks for a path. When it is granted the session has begun. A stream that another node has
   * counts as one of here: its owner takes it over, and everybody else is refused.
   */
  public PublishResult publish(PublishRequest request) {
    Publication publication;
    Optional<Publication> old;
    Optional<Publication> outdated;
    Optional<Ownership.Owner> other;
    admission.lock();
    try {
      if (closed) {
        return new PublishResult.Refused("the server is stopping");
      }
      StreamPath path = request.grant().path();
      LiveStream known = streams.get(path);
      other = elsewhere.of(path).filter(owner -> known == null || known.epoch() < owner.epoch());
      Optional<String> refusal = refusal(request.grant(), known, other);
      if (refusal.isPresent()) {
        return new PublishResult.Refused(refusal.get());
      }
      // What another node has gone on with is not gone on with here, but taken up from there.
      outdated = other.flatMap(owner -> fenced(path, owner.epoch(), "it is on " + owner.node()));
      Instant now = wall.instant();
      LiveStream stream = known == null || other.isPresent() ? create(path, now) : known;
      publication = new Publication(stream, request, epochs.next());
      old = stream.begin(publication, now);
      streams.put(path, stream);
    } finally {
      admission.unlock();
    }
    outdated.ifPresent(publisher -> publisher.request().onTakenOver().run());
    old.ifPresent(publisher -> publisher.request().onTakenOver().run());
    news.tell();
    return new PublishResult.Accepted(
        publication,
        old.isPresent(),
        other.filter(Ownership.Owner::live).map(Ownership.Owner::node));
  }

  private static Optional<String> refusal(
      Grant grant, @Nullable LiveStream known, Optional<Ownership.Owner> other) {
    if (other.isEmpty()) {
      return known == null ? Optional.empty() : known.refusal(grant.credential());
    }
    return other
        .filter(owner -> !owner.credential().equals(grant.credential()))
        .map(owner -> LiveStream.refusal(grant.path(), owner.live()));
  }

  /**
   * Ends the publication of a path here, because another node has a newer one: its connection is
   * closed as taken over, its readers get {@link StreamEvent.StreamFenced}, and the stream is gone
   * without a reconnect window. Does nothing if there is none here, or a newer one.
   *
   * @param newerEpoch of the other publication
   * @param reason for a person, for example {@code taken over on node b}
   * @return whether something was ended
   */
  public boolean fence(StreamPath path, long newerEpoch, String reason) {
    Optional<Publication> old;
    boolean known;
    admission.lock();
    try {
      LiveStream stream = streams.get(path);
      known = stream != null && stream.epoch() < newerEpoch;
      old = fenced(path, newerEpoch, reason);
    } finally {
      admission.unlock();
    }
    old.ifPresent(publisher -> publisher.request().onTakenOver().run());
    news.tell();
    return known;
  }

  /** Under the lock; gives the publication that has lost the path. */
  private Optional<Publication> fenced(StreamPath path, long newerEpoch, String reason) {
    epochs.seen(newerEpoch);
    LiveStream stream = streams.get(path);
    if (stream == null || stream.epoch() >= newerEpoch) {
      return Optional.empty();
    }
    streams.remove(path, stream);
    return stream.fence(newerEpoch, reason);
  }

  /** How long publishers may take to come back, for those that go from now on. */
  public void reconnectWindow(Duration window) {
    LiveConfig present = config;
    config = new LiveConfig(window, present.queueFrames(), present.queueBytes());
  }

  /** The stream of a path, live or waiting for its publisher. */
  public Optional<LiveStream> find(StreamPath path) {
    return Optional.ofNullable(streams.get(path));
  }

  /** All streams, live or waiting, ordered by path. */
  public List<LiveStream> list() {
    return streams.values().stream()
        .sorted((left, right) -> left.path().compareTo(right.path()))
        .toList();
  }

  /**
   * Adds a listener that gets each newly created stream before the stream's first event, on the
   * publisher's thread; it must neither block nor call back into this object.
   */
  public void onStream(Consumer<LiveStream> listener) {
    streamListeners.add(listener);
  }

  /**
   * Adds a listener that gets each new warning of a stream ({@link LiveStream#setWarning}), for the
   * log; on the thread that warns; it must not block.
   */
  public void onWarning(BiConsumer<LiveStream, String> listener) {
    warningListeners.add(listener);
  }

  /**
   * Adds a listener that gets each change of a stream's state, one at a time, in the order in which
   * they happened, on the thread that made one of them and outside of all locks; it may call back
   * into this object but must not block for long.
   */
  public void onChange(Consumer<StreamChange> listener) {
    news.add(listener);
  }

  /** Ends all sessions and streams at once, without a reconnect window, and refuses new ones. */
  @Override
  public void close() {
    admission.lock();
    try {
      closed = true;
      streams.values().forEach(stream -> stream.shutDown("the server is stopping"));
      streams.clear();
    } finally {
      admission.unlock();
    }
    news.tell();
  }

  /** Starts the reconnect window of a stream whose publication has ended. */
  void awaitReturn(LiveStream stream, Publication ended) {
    news.tell();
    if (config.reconnectWindow().isZero()) {
      expire(stream, ended);
      return;
    }
    try {
      timer.schedule(
          () -> expire(stream, ended), config.reconnectWindow().toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException timerIsShutDown) {
      expire(stream, ended);
    }
  }

  void warned(LiveStream stream, String text) {
    warningListeners.forEach(listener -> listener.accept(stream, text));
  }

  Instant now() {
    return wall.instant();
  }

  long nanoTime() {
    return nanoTime.getAsLong();
  }

  private LiveStream create(StreamPath path, Instant now) {
    LiveStream stream = new LiveStream(path, this, config, now);
    streamListeners.forEach(listener -> listener.accept(stream));
    return stream;
  }

  private void expire(LiveStream stream, Publication ended) {
    admission.lock();
    try {
      if (stream.expire(ended)) {
        streams.remove(stream.path(), stream);
      }
    } finally {
      admission.unlock();
    }
    news.tell();
  }

  /** To be told as soon as no lock is held. */
  void changed(StreamChange change) {
    news.put(change);
  }
}
