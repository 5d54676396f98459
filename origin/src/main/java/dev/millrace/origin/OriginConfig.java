package dev.millrace.origin;

import java.time.Duration;

/**
 * Limits of the origin.
 *
 * @param maxBytes media bytes that all streams of this node may hold together; beyond, bytes that
 *     no playlist lists any more go first, then the oldest listed ones of the largest stream
 * @param removalGrace how long bytes stay beyond the Availability Duration (RFC 8216bis §6.2.2)
 *     after their segment left the playlist, for slow clients
 * @param endedRetention how long an ended presentation stays readable
 * @param writerSilence a presentation whose writer says nothing for so long is ended by the origin:
 *     a packager tells of gaps in real time, so a silent one is gone
 * @param maxWaitersPerStream how many callers may wait for parts that were only hinted
 */
public record OriginConfig(
    long maxBytes,
    Duration removalGrace,
    Duration endedRetention,
    Duration writerSilence,
    int maxWaitersPerStream) {

  public OriginConfig {
    if (maxBytes <= 0
        || maxWaitersPerStream <= 0
        || removalGrace.isNegative()
        || endedRetention.isNegative()
        || !writerSilence.isPositive()) {
      throw new IllegalArgumentException("origin limits must be positive");
    }
  }

  /** 1 GiB, 10 s, 60 s, 60 s, 10 000. */
  public static OriginConfig defaults() {
    return new OriginConfig(
        1L << 30, Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(60), 10_000);
  }
}
