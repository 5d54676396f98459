package dev.millrace.media.flv;

import dev.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.List;

/** Writes what {@link ExHeader} reads: the extended headers of audio and video alike. */
final class ExHeaderWriter {
  private static final int MOD_EX = 7;
  private static final int NANO_OFFSET_BYTES = 3;
  private static final int MAX_NANOS = 999_999;
  private static final int MAX_TRACK_ID = 255;
  private static final int MANY_TRACKS = 1;
  private static final int MANY_TRACKS_MANY_CODECS = 2;

  private ExHeaderWriter() {}

  /**
   * A tag body of one track.
   *
   * @param firstBits the first byte without its packet type
   * @param multitrackType the packet type that means multitrack: 6 for video, 5 for audio
   * @param payload what follows the header
   */
  static Bytes write(
      int firstBits,
      int multitrackType,
      int packetType,
      int trackId,
      Bytes fourCc,
      int nanos,
      List<Bytes> payload) {
    if (trackId < 0 || trackId > MAX_TRACK_ID || nanos < 0 || nanos > MAX_NANOS) {
      throw new IllegalArgumentException(
          "track id " + trackId + " must be 0..255, nanoseconds " + nanos + " 0..999999");
    }
    // Track 0 needs no multitrack header: "trackId 0 is the default track" (Enhanced RTMP v2).
    boolean multitrack = trackId != 0;
    int outerType = multitrack ? multitrackType : packetType;
    List<Bytes> body = new ArrayList<>();
    body.add(start(firstBits, outerType, nanos));
    if (multitrack) {
      body.add(Bytes.of(packetType)); // AvMultitrackType.OneTrack in the upper four bits
    }
    body.add(fourCc);
    if (multitrack) {
      body.add(Bytes.of(trackId));
    }
    body.addAll(payload);
    return Bytes.concat(body);
  }

  /**
   * A tag body of many tracks.
   *
   * @param firstBits the first byte without its packet type
   * @param multitrackType the packet type that means multitrack: 6 for video, 5 for audio
   * @param entries at least one, all of the same packet type and nanoseconds
   */
  static Bytes write(int firstBits, int multitrackType, List<MultitrackEntry> entries) {
    MultitrackEntry first = entries.getFirst();
    boolean manyCodecs = entries.stream().anyMatch(entry -> entry.fourCc() != first.fourCc());
    List<Bytes> body = new ArrayList<>();
    body.add(start(firstBits, multitrackType, first.nanos()));
    body.add(
        Bytes.of((manyCodecs ? MANY_TRACKS_MANY_CODECS : MANY_TRACKS) << 4 | first.packetType()));
    if (!manyCodecs) {
      body.add(s32(first.fourCc()));
    }
    for (MultitrackEntry entry : entries) {
      if (entry.packetType() != first.packetType() || entry.nanos() != first.nanos()) {
        throw new IllegalArgumentException("packet types or nanoseconds differ: " + entries);
      }
      if (manyCodecs) {
        body.add(s32(entry.fourCc()));
      }
      int size = entry.payload().length();
      body.add(Bytes.of(entry.trackId(), size >> 16, size >> 8, size));
      body.add(entry.payload());
    }
    return Bytes.concat(body);
  }

  private static Bytes start(int firstBits, int packetType, int nanos) {
    if (nanos == 0) {
      return Bytes.of(firstBits | packetType);
    }
    // ModEx: its size minus one, the offset, then TimestampOffsetNano (0) and the packet type.
    return Bytes.of(
        firstBits | MOD_EX, NANO_OFFSET_BYTES - 1, nanos >> 16, nanos >> 8, nanos, packetType);
  }

  private static Bytes s32(int value) {
    return Bytes.of(value >> 24, value >> 16, value >> 8, value);
  }
}
