package dev.millrace.bench.cluster;

import dev.millrace.media.log.LogPosition;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** When parts were cut, and when their lines and bytes were somewhere else. Any thread. */
final class TravelTimes {
  private final ConcurrentMap<String, Long> cut = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Long> lines = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Long> bytes = new ConcurrentHashMap<>();

  void cut(String rendition, LogPosition at) {
    cut.put(rendition + at, System.nanoTime());
  }

  /** The first time counts. */
  void line(String rendition, LogPosition at) {
    lines.putIfAbsent(rendition + at, System.nanoTime());
  }

  void bytes(String rendition, LogPosition at) {
    bytes.putIfAbsent(rendition + at, System.nanoTime());
  }

  /** Whether all that was cut has arrived. */
  boolean isDone() {
    return lines.keySet().containsAll(cut.keySet()) && bytes.keySet().containsAll(cut.keySet());
  }

  void print(String name) {
    print(name + ", line", since(lines));
    print(name + ", bytes, checked", since(bytes));
  }

  private long[] since(Map<String, Long> came) {
    return cut.entrySet().stream()
        .filter(each -> came.containsKey(each.getKey()))
        .mapToLong(each -> came.getOrDefault(each.getKey(), 0L) - each.getValue())
        .toArray();
  }

  /** A line of percentiles. */
  static void print(String what, long[] nanos) {
    Arrays.sort(nanos);
    if (nanos.length == 0) {
      System.out.println(what + ": nothing came");
      return;
    }
    System.out.printf(
        "%-60s n %4d  p50 %6.2f  p95 %6.2f  p99 %6.2f ms%n",
        what,
        nanos.length,
        nanos[nanos.length / 2] / 1e6,
        nanos[nanos.length * 95 / 100] / 1e6,
        nanos[nanos.length * 99 / 100] / 1e6);
  }
}
