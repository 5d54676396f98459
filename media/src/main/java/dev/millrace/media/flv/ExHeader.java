package dev.millrace.media.flv;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of the extended headers that audio and video have in common (Enhanced RTMP v2,
 * ExAudioTagHeader and ExVideoTagHeader): ModEx prefixes, the multitrack header, the FourCC.
 * Immutable.
 *
 * @param packetType what the payload is; never ModEx
 * @param nanos added to the message's timestamp, 0..999999
 * @param entries one, or one per track of a multitrack message
 */
record ExHeader(int packetType, int nanos, boolean multitrack, List<MultitrackEntry> entries) {
  /** Packet types that audio and video share. */
  static final int SEQUENCE_START = 0;

  static final int CODED_FRAMES = 1;
  static final int SEQUENCE_END = 2;

  private static final int MOD_EX = 7;
  private static final int TIMESTAMP_OFFSET_NANO = 0;
  private static final int ONE_TRACK = 0;
  private static final int MANY_TRACKS_MANY_CODECS = 2;
  private static final int MAX_MULTITRACK_TYPE = 2;
  private static final int MAX_NANOS = 999_999;

  /**
   * Reads from the second byte of a tag on.
   *
   * @param firstPacketType from the first byte
   * @param multitrackType the packet type that means multitrack: 6 for video, 5 for audio
   */
  static ExHeader read(Bytes tag, int firstPacketType, int multitrackType) {
    int at = 1;
    int packetType = firstPacketType;
    int nanos = 0;
    while (packetType == MOD_EX) {
      need(tag, at, 1, "ModEx size");
      int size = tag.u8(at++) + 1;
      if (size == 256) {
        need(tag, at, 2, "ModEx size");
        size = tag.u16(at) + 1;
        at += 2;
      }
      need(tag, at, size + 1, "ModEx data");
      int option = tag.u8(at + size) >> 4;
      if (option == TIMESTAMP_OFFSET_NANO && size >= 3) {
        nanos = Math.min(tag.u24(at), MAX_NANOS);
      }
      packetType = tag.u8(at + size) & 0x0F;
      at += size + 1;
    }
    if (packetType == multitrackType) {
      return multitrack(tag, at, nanos, multitrackType);
    }
    need(tag, at, 4, "FourCC");
    int fourCc = tag.s32(at);
    return new ExHeader(
        packetType,
        nanos,
        false,
        List.of(new MultitrackEntry(0, fourCc, packetType, nanos, tag.slice(at + 4))));
  }

  private static ExHeader multitrack(Bytes tag, int from, int nanos, int multitrackType) {
    int at = from;
    need(tag, at, 1, "AvMultitrackType");
    int layout = tag.u8(at) >> 4;
    int packetType = tag.u8(at) & 0x0F;
    at++;
    if (layout > MAX_MULTITRACK_TYPE || packetType == multitrackType || packetType == MOD_EX) {
      throw ProtocolException.malformed(
          "multitrack type "
              + layout
              + " of packet type "
              + packetType
              + ", must be 0..2 of another type than multitrack and ModEx (Enhanced RTMP v2)");
    }
    int fourCc = 0;
    if (layout != MANY_TRACKS_MANY_CODECS) {
      need(tag, at, 4, "FourCC");
      fourCc = tag.s32(at);
      at += 4;
    }
    List<MultitrackEntry> entries = new ArrayList<>();
    do {
      if (layout == MANY_TRACKS_MANY_CODECS) {
        need(tag, at, 4, "FourCC");
        fourCc = tag.s32(at);
        at += 4;
      }
      need(tag, at, 1, "track id");
      int trackId = tag.u8(at++);
      int size = tag.length() - at;
      if (layout != ONE_TRACK) {
        need(tag, at, 3, "size of track");
        size = tag.u24(at);
        at += 3;
      }
      need(tag, at, size, "track " + trackId);
      entries.add(new MultitrackEntry(trackId, fourCc, packetType, nanos, tag.slice(at, size)));
      at += size;
    } while (at < tag.length());
    return new ExHeader(packetType, nanos, true, List.copyOf(entries));
  }

  private static void need(Bytes tag, int at, int count, String what) {
    if (tag.length() - at < count) {
      throw ProtocolException.malformed(
          what
              + " needs "
              + count
              + " bytes at "
              + at
              + ", the tag ends at "
              + tag.length()
              + " (Enhanced RTMP v2)");
    }
  }
}
