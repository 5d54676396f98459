package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.List;
import java.util.OptionalLong;

/**
 * A PES packet of video or audio (ISO/IEC 13818-1 §2.4.3.6). Immutable.
 *
 * @param streamId 0xC0..0xDF audio, 0xE0..0xEF video (Table 2-22)
 * @param pts in ticks of 90 kHz, 33 bits
 * @param dts likewise; empty where it is equal to the PTS
 * @param data PES_packet_data_byte
 */
public record PesPacket(int streamId, OptionalLong pts, OptionalLong dts, Bytes data) {
  static final int VIDEO_STREAM = 0xE0;
  static final int AUDIO_STREAM = 0xC0;

  /** Up to and with PES_header_data_length. */
  private static final int HEADER = 9;

  /** Bytes that PES_packet_length counts from. */
  private static final int LENGTH_END = 6;

  private static final int TIMESTAMP = 5;
  private static final int MAX_LENGTH = 0xFFFF;
  private static final int LAST_VIDEO_STREAM = 0xEF;

  /**
   * Writes the packet, with data_alignment_indicator: it begins with an access unit. Its length is
   * told where it fits into 16 bits, which it must for audio.
   *
   * @throws IllegalArgumentException if it is longer and no video
   */
  Bytes write() {
    int timestamps = (pts.isPresent() ? TIMESTAMP : 0) + (dts.isPresent() ? TIMESTAMP : 0);
    int length = HEADER - LENGTH_END + timestamps + data.length();
    if (length > MAX_LENGTH && streamId < VIDEO_STREAM) {
      throw new IllegalArgumentException("PES packet of " + length + " bytes of audio");
    }
    int told = length > MAX_LENGTH ? 0 : length;
    int flags = (pts.isPresent() ? 0x80 : 0) | (dts.isPresent() ? 0x40 : 0);
    Bytes header = Bytes.of(0, 0, 1, streamId, told >> 8, told, 0x84, flags, timestamps);
    Bytes first =
        pts.isPresent() ? timestamp(dts.isPresent() ? 3 : 2, pts.getAsLong()) : Bytes.EMPTY;
    Bytes second = dts.isPresent() ? timestamp(1, dts.getAsLong()) : Bytes.EMPTY;
    return Bytes.concat(List.of(header, first, second, data));
  }

  /** Four bits of prefix, and 33 bits in three pieces with marker bits behind each. */
  private static Bytes timestamp(int prefix, long ticks) {
    return Bytes.of(
        prefix << 4 | (int) (ticks >> 30 & 7) << 1 | 1,
        (int) (ticks >> 22),
        (int) (ticks >> 15 & 0x7F) << 1 | 1,
        (int) (ticks >> 7),
        (int) (ticks & 0x7F) << 1 | 1);
  }

  /** How long a packet is all in all, as it tells; 0 if it does not tell, or not yet. */
  static int toldLength(Bytes start) {
    if (start.length() < LENGTH_END || start.u16(4) == 0) {
      return 0;
    }
    return LENGTH_END + start.u16(4);
  }

  /**
   * Reads a whole packet.
   *
   * @throws ProtocolException if it is cut off, lacks its start code, or carries neither video nor
   *     audio
   */
  static PesPacket read(Bytes packet) {
    if (packet.length() < HEADER || packet.u24(0) != 1) {
      throw ProtocolException.malformed(
          "PES packet of " + packet.length() + " bytes without packet_start_code_prefix");
    }
    int streamId = packet.u8(3);
    // 0xBD and 0xFD: private streams, which broadcasters use for audio and subtitles
    if ((streamId < AUDIO_STREAM && streamId != 0xBD)
        || (streamId > LAST_VIDEO_STREAM && streamId != 0xFD)) {
      throw ProtocolException.unsupported("PES packet with stream_id " + streamId);
    }
    int told = toldLength(packet);
    if (told > packet.length()) {
      throw ProtocolException.malformed(
          "PES packet of " + packet.length() + " bytes, told to be of " + told);
    }
    int flags = packet.u8(7);
    int dataAt = HEADER + packet.u8(8);
    int end = told == 0 ? packet.length() : told;
    int needed =
        HEADER + ((flags & 0x80) != 0 ? TIMESTAMP : 0) + ((flags & 0xC0) == 0xC0 ? TIMESTAMP : 0);
    if (dataAt > end || needed > dataAt) {
      throw ProtocolException.malformed(
          "PES header of " + dataAt + " bytes in a packet of " + end + " (§2.4.3.7)");
    }
    OptionalLong pts =
        (flags & 0x80) != 0 ? OptionalLong.of(timestamp(packet, HEADER)) : OptionalLong.empty();
    OptionalLong dts =
        (flags & 0xC0) == 0xC0
            ? OptionalLong.of(timestamp(packet, HEADER + TIMESTAMP))
            : OptionalLong.empty();
    return new PesPacket(streamId, pts, dts, packet.slice(dataAt, end - dataAt));
  }

  private static long timestamp(Bytes packet, int at) {
    return (long) (packet.u8(at) >> 1 & 7) << 30
        | (long) (packet.u16(at + 1) >> 1) << 15
        | packet.u16(at + 3) >> 1;
  }
}
