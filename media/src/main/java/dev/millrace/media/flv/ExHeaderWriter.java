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
    if (nanos == 0) {
      body.add(Bytes.of(firstBits | outerType));
    } else {
      // ModEx: its size minus one, the offset, then TimestampOffsetNano (0) and the packet type.
      body.add(
          Bytes.of(
              firstBits | MOD_EX,
              NANO_OFFSET_BYTES - 1,
              nanos >> 16,
              nanos >> 8,
              nanos,
              outerType));
    }
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
}
