package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.List;

/**
 * What an RTP packet of forward error correction carries (SMPTE 2022-1 §8, RFC 2733 as it extends
 * it): the XOR of {@code count} media packets that are {@code offset} apart. Immutable.
 *
 * @param row whether they stand in a row of the matrix (D), not in a column
 * @param base sequence number of the first one
 * @param offset 1 in a row, the number of columns in a column
 * @param count the number of columns in a row, of rows in a column (NA)
 * @param lengthRecovery XOR of their payloads' lengths
 * @param payloadTypeRecovery XOR of their payload types
 * @param timestampRecovery XOR of their timestamps
 * @param payload XOR of their payloads, each filled with zeros to the longest
 */
record FecPacket(
    boolean row,
    int base,
    int offset,
    int count,
    int lengthRecovery,
    int payloadTypeRecovery,
    long timestampRecovery,
    Bytes payload) {
  /** Dynamic, as everybody has it. */
  static final int PAYLOAD_TYPE = 96;

  static final int HEADER = 16;

  /** The payload of the RTP packet. */
  Bytes write() {
    Bytes header =
        Bytes.of(
            base >> 8, // SNBase low bits
            base,
            lengthRecovery >> 8,
            lengthRecovery,
            0x80 | payloadTypeRecovery, // E: extended header
            0, // Mask, not used here
            0,
            0,
            (int) (timestampRecovery >> 24),
            (int) (timestampRecovery >> 16),
            (int) (timestampRecovery >> 8),
            (int) timestampRecovery,
            row ? 0x40 : 0, // X 0, D, type 0 (XOR), index 0
            offset,
            count, // NA
            0); // SNBase ext bits
    return Bytes.concat(List.of(header, payload));
  }

  /**
   * Reads the payload of an RTP packet.
   *
   * @throws ProtocolException if it is too short, or of another kind than XOR over rows and columns
   */
  static FecPacket read(Bytes bytes) {
    if (bytes.length() <= HEADER || (bytes.u8(4) & 0x80) == 0) {
      throw ProtocolException.malformed(
          "FEC packet of " + bytes.length() + " bytes without the header of SMPTE 2022-1 §8.4");
    }
    int type = bytes.u8(12) >> 3 & 7;
    FecPacket read =
        new FecPacket(
            (bytes.u8(12) & 0x40) != 0,
            bytes.u16(0),
            bytes.u8(13),
            bytes.u8(14),
            bytes.u16(2),
            bytes.u8(4) & 0x7F,
            bytes.u32(8),
            bytes.slice(HEADER));
    if (type != 0 || read.offset < 1 || read.count < 1 || read.offset * read.count > MAX_SPAN) {
      throw ProtocolException.unsupported(
          "FEC of type " + type + ", offset " + read.offset + ", NA " + read.count);
    }
    return read;
  }

  /** What is accepted: some senders go beyond the 100 packets of a matrix. */
  private static final int MAX_SPAN = 400;
}
