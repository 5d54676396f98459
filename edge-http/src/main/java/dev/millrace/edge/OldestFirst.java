package dev.millrace.edge;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Things with the time at which something last happened to each, so that those to which nothing has
 * happened for long are found without a look at the others. One thread.
 *
 * @param <T> a thing, equal to itself alone
 */
final class OldestFirst<T> {
  /** In the order of their times. */
  private final LinkedHashMap<T, Long> times = new LinkedHashMap<>();

  /**
   * It happened again, or for the first time.
   *
   * @param nanos of a monotonic clock; not before that of any other
   */
  void happened(T thing, long nanos) {
    times.putLast(thing, nanos);
  }

  /** Forgets it. */
  void remove(T thing) {
    times.remove(thing);
  }

  /** Those to which nothing has happened since this time, oldest first; they stay. */
  List<T> before(long nanos) {
    List<T> old = new ArrayList<>();
    for (Map.Entry<T, Long> each : times.entrySet()) {
      if (each.getValue() - nanos >= 0) {
        break;
      }
      old.add(each.getKey());
    }
    return old;
  }

  /** All of them, oldest first. */
  List<T> all() {
    return List.copyOf(times.keySet());
  }
}
