package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;

/**
 * A relay of the site, as all others see it. Immutable.
 *
 * @param id 16 bytes
 * @param uplinkKbit what it gives to others, at most; kbit/s, from 1
 */
public record SiteRelay(Bytes id, long uplinkKbit) {
  /** Length of an id, bytes. */
  public static final int ID_BYTES = 16;

  private static final long MBIT = 1000;
  private static final long MAX_WEIGHT = 1000;

  /**
   * @throws IllegalArgumentException if the id has another length, or it gives nothing
   */
  public SiteRelay {
    if (id.length() != ID_BYTES || uplinkKbit < 1) {
      throw new IllegalArgumentException("a relay has an id of 16 bytes and an uplink");
    }
  }

  /** The id of the relay that is this node of the site's cluster. */
  public static Bytes idOf(String node) {
    return Bytes.utf8(node).sha256().slice(0, ID_BYTES);
  }

  /** Its share of the work: its uplink in Mbit/s, 1 to 1000. */
  long weight() {
    return Math.clamp(uplinkKbit / MBIT, 1, MAX_WEIGHT);
  }
}
