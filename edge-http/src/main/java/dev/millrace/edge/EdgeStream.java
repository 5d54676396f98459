package dev.millrace.edge;

import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.StreamView;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
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

  private final StreamPath path;
  private final ViewerCount viewers;
  private final CopyOnWriteArrayList<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile StreamSnapshot snapshot = new StreamSnapshot(StreamView.empty());

  /** Under this object's monitor: touch and close must not miss each other. */
  private long usedNanos;

  private boolean closed;
  private PartSource.@Nullable Following following;

  private EdgeStream(StreamPath path, int maxViewers, long nowNanos) {
    this.path = path;
    this.viewers = new ViewerCount(maxViewers);
    this.usedNanos = nowNanos;
  }

  /** Follows a stream; empty if the source does not know it. */
  static Optional<EdgeStream> follow(
      PartSource source, StreamPath path, int maxViewers, long nowNanos) {
    EdgeStream stream = new EdgeStream(path, maxViewers, nowNanos);
    Optional<PartSource.Following> following = source.follow(path, stream::accept);
    following.ifPresent(stream::follows);
    return following.map(ignored -> stream);
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
    return viewers.count(nowNanos, viewerWindowNanos());
  }

  /** Those viewers, to be put together with those of other edges. */
  ViewerSample viewerSample(long nowNanos) {
    return viewers.sample(nowNanos, viewerWindowNanos());
  }

  private long viewerWindowNanos() {
    return TimeUnit.SECONDS.toNanos(3L * snapshot.view().targets().targetDurationS());
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

  private void accept(LogRecord record) {
    if (record instanceof LogRecord.Pictured) {
      return;
    }
    try {
      snapshot = new StreamSnapshot(snapshot.view().apply(record));
    } catch (ProtocolException e) {
      // The source broke its promise; the next request follows anew from the present window.
      log.warn("stream {}: stopped following its log: {}", path, e.getMessage());
      close();
      return;
    }
    listeners.forEach(Runnable::run);
  }
}
