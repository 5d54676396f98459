package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import dev.millrace.media.ts.TsPacket;

/** Finds where pictures begin that can be decoded by themselves. Stateless. */
final class KeyFramePackets {
  private static final int ADAPTATION = 0x20;
  private static final int RANDOM_ACCESS = 0x40;

  private KeyFramePackets() {}

  /**
   * Where the first packet with a random_access_indicator begins (ISO/IEC 13818-1 §2.4.3.4), of
   * whole packets; -1 if there is none.
   */
  static int first(Bytes packets) {
    for (int at = 0; at + TsPacket.SIZE <= packets.length(); at += TsPacket.SIZE) {
      boolean found =
          (packets.u8(at + 3) & ADAPTATION) != 0
              && packets.u8(at + 4) > 0
              && (packets.u8(at + 5) & RANDOM_ACCESS) != 0;
      if (found) {
        return at;
      }
    }
    return -1;
  }
}
