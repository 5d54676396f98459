package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.List;

/**
 * An RTP packet (RFC 3550 §5.1) without contributing sources. Immutable.
 *
 * @param payloadType 33 for a transport stream (RFC 3551 §6)
 * @param sequenceNumber 0..65535
 * @param timestamp 0..2^32 - 1, of 90 kHz for a transport stream (RFC 2250 §2)
 * @param ssrc 0..2^32 - 1
 */
public record RtpPacket(
    int payloadType, int sequenceNumber, long timestamp, long ssrc, Bytes payload) {
  /** MPEG-2 transport streams (RFC 3551 Table 5). */
  public static final int MP2T = 33;

  /** Bytes in front of the payload. */
  public static final int HEADER = 12;

  private static final int VERSION = 2;

  /** The datagram. */
  public Bytes write() {
    return Bytes.concat(
        List.of(
            Bytes.of(
                VERSION << 6,
                payloadType,
                sequenceNumber >> 8,
                sequenceNumber,
                (int) (timestamp >> 24),
                (int) (timestamp >> 16),
                (int) (timestamp >> 8),
                (int) timestamp,
                (int) (ssrc >> 24),
                (int) (ssrc >> 16),
                (int) (ssrc >> 8),
                (int) ssrc),
            payload));
  }

  /**
   * Reads a datagram; contributing sources, a header extension and padding are passed over.
   *
   * @throws ProtocolException if it is no RTP of version 2, or its lengths do not add up
   */
  public static RtpPacket read(Bytes datagram) {
    if (datagram.length() < HEADER || datagram.u8(0) >> 6 != VERSION) {
      throw ProtocolException.malformed(
          "datagram of " + datagram.length() + " bytes, expected RTP version 2 (RFC 3550 §5.1)");
    }
    int first = datagram.u8(0);
    int from = HEADER + 4 * (first & 0xF);
    if ((first & 0x10) != 0 && from + 4 <= datagram.length()) {
      from += 4 + 4 * datagram.u16(from + 2);
    }
    int end = datagram.length();
    if ((first & 0x20) != 0) {
      end -= datagram.u8(end - 1);
    }
    if (from > end) {
      throw ProtocolException.malformed(
          "RTP header of " + from + " bytes in a datagram of " + end + " (RFC 3550 §5.1)");
    }
    return new RtpPacket(
        datagram.u8(1) & 0x7F,
        datagram.u16(2),
        datagram.u32(4),
        datagram.u32(8),
        datagram.slice(from, end - from));
  }
}
