package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;

/**
 * A relay of the site, as all others see it. Immutable.
 *
 * @param id 16 bytes
 * @param uplinkKbit what it gives to others, at most
 */
record SiteRelay(Bytes id, long uplinkKbit) {
  private static final long MBIT = 1000;
  private static final long MAX_WEIGHT = 1000;

  /** Its share of the work: its uplink in Mbit/s, 1 to 1000. */
  long weight() {
    return Math.clamp(uplinkKbit / MBIT, 1, MAX_WEIGHT);
  }
}
