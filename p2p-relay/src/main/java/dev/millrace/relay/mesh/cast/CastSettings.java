package dev.millrace.relay.mesh.cast;

import dev.millrace.media.Bytes;

/**
 * What binding M of a relay is told. Immutable.
 *
 * @param id of this relay, 16 bytes
 * @param paceMbit at which it sends, Mbit/s
 */
public record CastSettings(Bytes id, int paceMbit) {
  private static final int MAX_PACE_MBIT = 300;
  private static final long MBIT = 1000;

  /**
   * As they follow from what a relay gives to others: 300 Mbit/s, and at most 9/10 of it.
   *
   * @param uplinkKbit from 1
   */
  public static CastSettings of(Bytes id, long uplinkKbit) {
    long most = uplinkKbit * 9 / 10 / MBIT;
    return new CastSettings(id, Math.clamp(most, 1, MAX_PACE_MBIT));
  }
}
