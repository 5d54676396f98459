package dev.millrace.server.e2e;

import java.time.Duration;

/**
 * How long tests wait for what must come. What must come soon is measured and judged, not waited
 * for: so patience costs time only where a test fails.
 */
final class Patience {
  /** Longer than any machine of ours was ever kept busy by others. */
  static final Duration OF_A_BUSY_MACHINE = Duration.ofMinutes(2);

  private Patience() {}
}
