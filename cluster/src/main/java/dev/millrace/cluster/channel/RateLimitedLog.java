package dev.millrace.cluster.channel;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;

/** Says the same thing once in half a minute, however often it happens. Any thread. */
final class RateLimitedLog {
  private static final Duration QUIET = Duration.ofSeconds(30);
  private static final int MAX_TOPICS = 1000;

  private final Logger log;
  private final InstantSource clock;
  private final Map<String, Instant> said = new LinkedHashMap<>();

  RateLimitedLog(Logger log, InstantSource clock) {
    this.log = log;
    this.clock = clock;
  }

  /** Warns, unless it did so about this topic a moment ago. */
  void warn(String topic, String message) {
    if (due(topic)) {
      log.warn(message);
    }
  }

  private synchronized boolean due(String topic) {
    Instant now = clock.instant();
    Instant last = said.get(topic);
    if (last != null && last.plus(QUIET).isAfter(now)) {
      return false;
    }
    said.remove(topic);
    said.put(topic, now);
    if (said.size() > MAX_TOPICS) {
      said.remove(said.keySet().iterator().next());
    }
    return true;
  }
}
