package dev.millrace.media.live;

import dev.millrace.media.StreamPath;
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
  private final LiveConfig config;
  private final InstantSource wall;
  private final LongSupplier nanoTime;
  private final ScheduledExecutorService timer;
  private final ConcurrentHashMap<StreamPath, LiveStream> streams = new ConcurrentHashMap<>();
  private final List<Consumer<LiveStream>> streamListeners = new CopyOnWriteArrayList<>();
  private final List<BiConsumer<LiveStream, String>> warningListeners =
      new CopyOnWriteArrayList<>();

  // Guards acceptance and removal, which are rare, so that they never meet for one path.
  private final ReentrantLock admission = new ReentrantLock();
  private long lastEpoch;
  private boolean closed;

  /**
   * @param nanoTime the monotonic clock that {@link dev.millrace.media.Frame#arrivalNanos} is read
   *     from
   * @param timer runs the end of reconnect windows; borrowed, not shut down here
   */
  public LiveStreams(
      LiveConfig config,
      InstantSource wall,
      LongSupplier nanoTime,
      ScheduledExecutorService timer) {
    this.config = config;
    this.wall = wall;
    this.nanoTime = nanoTime;
    this.timer = timer;
  }

  /**
   * Asks for a path. When it is granted the session has begun and its epoch is the wall clock's
   * milliseconds, or one more than any epoch given here before if that is greater (one counter for
   * all paths, so that nothing need be kept of paths that are gone).
   */
  public PublishResult publish(PublishRequest request) {
    Publication publication;
    Optional<Publication> old;
    admission.lock();
    try {
      if (closed) {
        return new PublishResult.Refused("the server is stopping");
      }
      StreamPath path = request.grant().path();
      LiveStream known = streams.get(path);
      Optional<String> refusal =
          known == null ? Optional.empty() : known.refusal(request.grant().credential());
      if (refusal.isPresent()) {
        return new PublishResult.Refused(refusal.get());
      }
      Instant now = wall.instant();
      lastEpoch = Math.max(now.toEpochMilli(), lastEpoch + 1);
      LiveStream stream = known == null ? create(path, now) : known;
      publication = new Publication(stream, request, lastEpoch);
      old = stream.begin(publication, now);
      streams.put(path, stream);
    } finally {
      admission.unlock();
    }
    old.ifPresent(publisher -> publisher.request().onTakenOver().run());
    return new PublishResult.Accepted(publication, old.isPresent());
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
  }

  /** Starts the reconnect window of a stream whose publication has ended. */
  void awaitReturn(LiveStream stream, Publication ended) {
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
  }
}
