package dev.millrace.server.e2e;

import dev.millrace.server.chaos.MediaPlaylist;
import dev.millrace.server.chaos.MediaPlaylist.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.HdrHistogram.Histogram;

/**
 * Watches renditions by blocking reloads, as players do, and notes when each part is listed, or
 * when all of its bytes are there. A virtual thread for each rendition.
 */
final class PartTimes implements AutoCloseable {
  private final NodeUnderTest node;
  private final String name;
  private final List<Thread> threads = new ArrayList<>();
  private final Map<String, NavigableMap<Long, Long>> seen = new ConcurrentHashMap<>();
  private final boolean loads;
  private volatile boolean closed;

  PartTimes(NodeUnderTest node, String name, List<String> renditions) {
    this(node, name, renditions, false);
  }

  /** Notes when the bytes are there. */
  static PartTimes ofBytes(NodeUnderTest node, String name, String rendition) {
    return new PartTimes(node, name, List.of(rendition), true);
  }

  private PartTimes(NodeUnderTest node, String name, List<String> renditions, boolean loads) {
    this.node = node;
    this.name = name;
    this.loads = loads;
    for (String rendition : renditions) {
      seen.put(rendition, new TreeMap<>());
      threads.add(Thread.ofVirtual().name("watch " + rendition).start(() -> watch(rendition)));
    }
  }

  private void watch(String rendition) {
    String folder = "/hls/live/" + name + "/" + rendition + "/";
    String path = folder + "index.m3u8";
    Part last = newest(node.get(path).body());
    while (!closed) {
      String next = "%s?_HLS_msn=%d&_HLS_part=%d".formatted(path, last.msn(), last.index() + 1);
      var response = node.get(next);
      long now = System.nanoTime();
      if (response.statusCode() != 200) {
        return;
      }
      last = newest(response.body());
      if (last.gap()) {
        continue;
      }
      if (loads) {
        if (node.get(folder + last.uri()).statusCode() != 200) {
          return;
        }
        now = System.nanoTime();
      }
      synchronized (seen) {
        of(rendition).putIfAbsent(last.endUs(), now);
      }
    }
  }

  private NavigableMap<Long, Long> of(String rendition) {
    return Objects.requireNonNull(seen.get(rendition), rendition);
  }

  private static Part newest(String playlist) {
    return MediaPlaylist.parse(playlist).parts().getLast();
  }

  /** How many parts with media were seen. */
  int count(String rendition) {
    synchronized (seen) {
      return of(rendition).size();
    }
  }

  /** The times between parts, milliseconds. */
  Histogram pauses(String rendition) {
    Histogram millis = new Histogram(3);
    synchronized (seen) {
      long before = 0;
      for (long nanos : of(rendition).values()) {
        if (before != 0) {
          millis.recordValue(Math.max(0, (nanos - before) / 1_000_000));
        }
        before = nanos;
      }
    }
    return millis;
  }

  /**
   * By how many milliseconds each part of a rendition could be had later than what it shows in
   * another one: than the first part of the other that ends as late.
   */
  Histogram delay(String rendition, String source) {
    Histogram millis = new Histogram(3);
    synchronized (seen) {
      of(rendition)
          .forEach(
              (endUs, nanos) -> {
                var same = of(source).ceilingEntry(endUs - 1000);
                if (same != null && same.getKey() - endUs < 1_000_000) {
                  millis.recordValue(Math.max(0, (nanos - same.getValue()) / 1_000_000));
                }
              });
    }
    return millis;
  }

  /** By how many milliseconds each part was had later here than at another node. */
  Histogram delayBehind(PartTimes other, String rendition) {
    Histogram millis = new Histogram(3);
    Map<Long, Long> there;
    synchronized (other.seen) {
      there = Map.copyOf(other.of(rendition));
    }
    synchronized (seen) {
      of(rendition)
          .forEach(
              (endUs, nanos) -> {
                Long same = there.get(endUs);
                if (same != null) {
                  millis.recordValue(Math.max(0, (nanos - same) / 1_000_000));
                }
              });
    }
    return millis;
  }

  static String text(Histogram millis) {
    return "p50 %d, p95 %d, max %d ms of %d"
        .formatted(
            millis.getValueAtPercentile(50),
            millis.getValueAtPercentile(95),
            millis.getMaxValue(),
            millis.getTotalCount());
  }

  @Override
  public void close() {
    closed = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
