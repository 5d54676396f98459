package dev.millrace.edge;

import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.hls.ContentSteering;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.PartSource;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream that somebody watches: follows its log and tells each event loop, with one hop for each,
 * that there is something new. The view is written by the source's thread only (records come one at
 * a time) and read by all.
 */
final class EdgeStream {
  private static final Logger log = LoggerFactory.getLogger(EdgeStream.class);

  private static final int STALE_TARGETS = 3;

  private final StreamPath path;
  private final Function<StreamPath, Optional<ContentSteering>> steering;
  private final LongSupplier nanoTime;
  private final ViewerCount viewers;
  private final CopyOnWriteArrayList<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final ShownView shown;
  private volatile StreamSnapshot snapshot;

  /** When the log last went on; written by the source's thread. */
  private volatile long newsNanos;

  /** Under this object's monitor: touch and close must not miss each other. */
  private long usedNanos;

  private boolean closed;
  private boolean vanished;
  private long vanishedNanos;
  private PartSource.@Nullable Following following;

  private EdgeStream(
      StreamPath path,
      Function<StreamPath, Optional<ContentSteering>> steering,
      int maxViewers,
      LongSupplier nanoTime) {
    this.path = path;
    this.steering = steering;
    this.nanoTime = nanoTime;
    this.viewers = new ViewerCount(maxViewers);
    this.shown = new ShownView(nanoTime);
    this.snapshot = snapshotOf();
    this.usedNanos = nanoTime.getAsLong();
    this.newsNanos = usedNanos;
  }

  /** Follows a stream; empty if the source says that there is none. Its log may begin later. */
  static Optional<EdgeStream> follow(
      PartSource source,
      StreamPath path,
      Function<StreamPath, Optional<ContentSteering>> steering,
      int maxViewers,
      LongSupplier nanoTime) {
    EdgeStream stream = new EdgeStream(path, steering, maxViewers, nanoTime);
    stream.follows(source.watch(path, stream.new Watcher()));
    return stream.isClosed() ? Optional.empty() : Optional.of(stream);
  }

  StreamPath path() {
    return path;
  }

  /** What the log says now. */
  StreamSnapshot snapshot() {
    return snapshot;
  }

  ViewerCount viewers() {
    return viewers;
  }

  /** How many distinct viewers asked for a media playlist within three target durations. */
  int viewerCount(long nowNanos) {
    return viewers.count(nowNanos, targetsNanos());
  }

  /** Those viewers, to be put together with those of other edges. */
  ViewerSample viewerSample(long nowNanos) {
    return viewers.sample(nowNanos, targetsNanos());
  }

  /** Whether a log that should go on has not for three target durations. */
  boolean isStale(long nowNanos) {
    return snapshot.view().opened()
        && !snapshot.view().ended()
        && nowNanos - newsNanos > targetsNanos();
  }

  /** Calls on the source's thread after each change, and once more after the stream is closed. */
  void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /** Marks the stream as in use; false if it is closed, and then no change will ever be told. */
  synchronized boolean touch(long nowNanos) {
    usedNanos = nowNanos;
    return !closed;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /**
   * Whether this stream is to be dropped: ended and gone from the source, gone for so long, or back
   * there after it was gone.
   */
  synchronized boolean isOver(boolean readable, long nowNanos, long keptNanos) {
    if (readable) {
      return vanished;
    }
    if (!vanished) {
      vanished = true;
      vanishedNanos = nowNanos;
    }
    return snapshot.view().ended() || nowNanos - vanishedNanos > keptNanos;
  }

  /** Stops following if nobody has used the stream for so long. */
  boolean closeIfIdle(long nowNanos, long idleNanos) {
    synchronized (this) {
      if (closed || nowNanos - usedNanos < idleNanos) {
        return false;
      }
    }
    close();
    return true;
  }

  /** Stops following. */
  void close() {
    PartSource.@Nullable Following ended;
    synchronized (this) {
      closed = true;
      ended = following;
      following = null;
    }
    if (ended != null) {
      ended.close();
    }
    listeners.forEach(Runnable::run);
  }

  private void follows(PartSource.Following started) {
    boolean late;
    synchronized (this) {
      late = closed;
      following = started;
    }
    if (late) {
      started.close();
    }
  }

  /** Under a lock: a source may complete the window on the thread of whoever asked first. */
  private void accept(Predicate<ShownView> news) {
    synchronized (shown) {
      try {
        newsNanos = nanoTime.getAsLong();
        if (!news.test(shown)) {
          return;
        }
        snapshot = snapshotOf();
      } catch (ProtocolException e) {
        // The source broke its promise; the next request follows anew from the present window.
        log.warn("stream {}: stopped following its log: {}", path, e.getMessage());
        close();
        return;
      }
    }
    listeners.forEach(Runnable::run);
  }

  private final class Watcher implements LogWatcher {
    @Override
    public void record(LogRecord record) {
      if (!(record instanceof LogRecord.Pictured || record instanceof LogRecord.Signing)) {
        accept(view -> view.apply(record));
      }
    }

    @Override
    public void windowComplete() {
      accept(ShownView::windowComplete);
    }

    /** The next request follows anew. */
    @Override
    public void gone(String reason) {
      log.debug("stream {}: {}", path, reason);
      close();
    }
  }

  private StreamSnapshot snapshotOf() {
    return new StreamSnapshot(shown.view(), steering.apply(path));
  }

  private long targetsNanos() {
    return TimeUnit.SECONDS.toNanos(
        (long) STALE_TARGETS * snapshot.view().targets().targetDurationS());
  }
}
