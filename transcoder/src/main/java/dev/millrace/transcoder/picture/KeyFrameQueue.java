package dev.millrace.transcoder.picture;

import dev.millrace.media.StreamPath;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holds the newest key frame of each stream that is due for a picture: at most one a stream, and
 * who waited longest is served first. Not safe for threads; it has no clock of its own.
 */
final class KeyFrameQueue {
  private final long intervalNanos;
  private final Map<StreamPath, Stream> streams = new HashMap<>();

  /**
   * @param intervalNanos how long a stream is left alone after a frame of it was taken
   */
  KeyFrameQueue(long intervalNanos) {
    this.intervalNanos = intervalNanos;
  }

  /** Takes a key frame if its stream is due; it replaces one that waits. */
  boolean offer(KeyFrame frame, long nowNanos) {
    Stream stream = streams.computeIfAbsent(frame.path(), path -> new Stream(nowNanos));
    if (nowNanos - stream.dueNanos < 0) {
      return false;
    }
    stream.waiting = frame;
    return true;
  }

  /** Gives the frame whose stream has been due for longest. */
  Optional<KeyFrame> take(long nowNanos) {
    @Nullable Stream next = null;
    for (Stream stream : streams.values()) {
      if (stream.waiting != null && (next == null || stream.dueNanos - next.dueNanos < 0)) {
        next = stream;
      }
    }
    if (next == null) {
      return Optional.empty();
    }
    Optional<KeyFrame> taken = Optional.ofNullable(next.waiting);
    next.waiting = null;
    next.dueNanos = nowNanos + intervalNanos;
    return taken;
  }

  /** Whether this is the first trouble with the stream, and so worth a line. */
  boolean firstTrouble(StreamPath path) {
    Stream stream = streams.get(path);
    if (stream == null || stream.troubled) {
      return false;
    }
    stream.troubled = true;
    return true;
  }

  /** Drops what is known of a stream. */
  void forget(StreamPath path) {
    streams.remove(path);
  }

  private static final class Stream {
    private long dueNanos;
    private @Nullable KeyFrame waiting;
    private boolean troubled;

    Stream(long dueNanos) {
      this.dueNanos = dueNanos;
    }
  }
}
