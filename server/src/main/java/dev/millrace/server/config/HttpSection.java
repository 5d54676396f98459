package dev.millrace.server.config;

import dev.millrace.server.config.NodeConfig.Http;
import java.time.Duration;
import java.util.Set;

/** Checks the section {@code http} as a whole. */
final class HttpSection {
  private static final Duration LONGEST_HOLD = Duration.ofSeconds(20);

  private HttpSection() {}

  /**
   * Reads it.
   *
   * @throws ConfigException if a value does not go with the others
   */
  static Http read(Settings settings) {
    NodeConfig.positive(settings, HttpKeys.MAX_WAIT);
    NodeConfig.require(
        settings,
        HttpKeys.IDLE_TIMEOUT,
        settings.get(HttpKeys.IDLE_TIMEOUT).compareTo(LONGEST_HOLD) > 0,
        "more than " + LONGEST_HOLD.toSeconds() + "s, because players wait that long for a part");
    return new Http(
        settings.get(HttpKeys.HOST),
        settings.get(HttpKeys.PORT),
        settings.get(HttpKeys.BANDWIDTH),
        settings.get(HttpKeys.MAX_CONNECTIONS),
        settings.get(HttpKeys.MAX_HELD_REQUESTS),
        settings.get(HttpKeys.MAX_VIEWERS_COUNTED),
        settings.get(HttpKeys.CACHE_SIZE),
        settings.get(HttpKeys.MAX_WAIT),
        settings.get(HttpKeys.IDLE_TIMEOUT),
        settings.get(HttpKeys.METRICS),
        ClusterSection.publicUrl(settings, HttpKeys.PUBLIC_URL, Set.of("http", "https")));
  }
}
