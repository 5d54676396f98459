package dev.millrace.relay.mesh.cast;

import dev.millrace.media.Bytes;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What each relay may make a sender send: as many symbols as a part has, each second (section 11).
 * The mesh's executor.
 */
final class NackBudget {
  private static final long WINDOW = TimeUnit.SECONDS.toNanos(1);
  private static final int MAX_RELAYS = 1024;

  private final Map<Bytes, Integer> used = new HashMap<>();
  private long since;

  /**
   * Takes so many symbols of a relay's budget.
   *
   * @param part the symbols of a part
   * @return false if it has not so many left
   */
  boolean take(Bytes relay, int symbols, int part, long now) {
    if (now - since >= WINDOW) {
      since = now;
      used.clear();
    }
    int before = used.getOrDefault(relay, 0);
    if (before + symbols > part || (before == 0 && used.size() >= MAX_RELAYS)) {
      return false;
    }
    used.put(relay, before + symbols);
    return true;
  }
}
