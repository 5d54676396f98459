package dev.millrace.edge;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The distinct viewers of one stream, by when each last asked for a media playlist. A viewer is the
 * random {@code viewer} parameter that our player adds to playlist requests, or else its address
 * and User-Agent; only a salted hash of either is kept. Any thread.
 */
final class ViewerCount {
  /** How old an answer of {@link #count} may be; counting visits every viewer. */
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final ConcurrentHashMap<Long, Seen> viewers = new ConcurrentHashMap<>();
  private final int maxViewers;
  private volatile Counted last = new Counted(0, Long.MIN_VALUE);

  ViewerCount(int maxViewers) {
    this.maxViewers = maxViewers;
  }

  /** A viewer asked for a playlist now. */
  void seen(long viewer, long nowNanos) {
    Seen known = viewers.get(viewer);
    if (known != null) {
      known.nanos = nowNanos;
    } else if (viewers.size() < maxViewers) {
      viewers.put(viewer, new Seen(nowNanos));
    }
  }

  /** Forgets who was last seen more than {@code windowNanos} ago and counts the others. */
  int count(long nowNanos, long windowNanos) {
    Counted known = last;
    if (known.nanos != Long.MIN_VALUE && nowNanos - known.nanos < FRESH_NANOS) {
      return known.viewers;
    }
    viewers.values().removeIf(seen -> nowNanos - seen.nanos > windowNanos);
    last = new Counted(viewers.size(), nowNanos);
    return last.viewers;
  }

  /** Who was seen within {@code windowNanos}. */
  ViewerSample sample(long nowNanos, long windowNanos) {
    return ViewerSample.of(
        viewers.entrySet().stream()
            .filter(each -> nowNanos - each.getValue().nanos <= windowNanos)
            .mapToLong(Map.Entry::getKey));
  }

  /** A count and when it was taken. */
  private record Counted(int viewers, long nanos) {}

  /** When a viewer last asked. */
  private static final class Seen {
    /** Written by whichever event loop serves the viewer; a lost race costs nothing. */
    private volatile long nanos;

    Seen(long nanos) {
      this.nanos = nanos;
    }
  }
}
