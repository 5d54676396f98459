package dev.millrace.media.cmaf;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track;

/**
 * Writes initialization sections: a CMAF header (ISO/IEC 23000-19 §7.3.2.1) of one track, with
 * empty sample tables, durations of 0 (RFC 8216bis §3.1.2) and no edit list. Stateless; any thread.
 */
public final class InitSegment {
  private static final int TRACK_ID = 1;
  private static final int VIDEO_TIMESCALE = 90_000;
  private static final int MOVIE_TIMESCALE = 1000;

  /** 16.16 and 2.30 fixed point: the unity matrix of §8.2.2.2. */
  private static final int[] UNITY_MATRIX = {
    0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000
  };

  private InitSegment() {}

  /** Ticks a second of the track's fragments: 90000 for video, the sample rate for audio. */
  public static int timescale(Track track) {
    return switch (track) {
      case Track.Video _ -> VIDEO_TIMESCALE;
      case Track.Audio audio -> audio.sampleRate();
    };
  }

  /**
   * Writes FileTypeBox and MovieBox.
   *
   * @throws ProtocolException if the track's configuration cannot be read
   */
  public static Bytes write(Track track) {
    BoxWriter out = new BoxWriter();
    writeFtyp(out);
    // MovieBox §8.2.1
    out.box(
        "moov",
        () -> {
          writeMvhd(out);
          TrackBox.write(out, TRACK_ID, track);
          writeMvex(out);
        });
    return out.toBytes();
  }

  /** FileTypeBox §4.3; the brand cmfc is defined in ISO/IEC 23000-19 §7.2. */
  private static void writeFtyp(BoxWriter out) {
    out.box("ftyp", () -> out.fourCc("iso6").u32(0).fourCc("iso6").fourCc("cmfc").fourCc("mp41"));
  }

  /** MovieHeaderBox §8.2.2. */
  private static void writeMvhd(BoxWriter out) {
    out.fullBox(
        "mvhd",
        0,
        0,
        () -> {
          out.zeros(8); // creation_time, modification_time
          out.u32(MOVIE_TIMESCALE).u32(0); // timescale, duration
          out.u32(0x0001_0000).u16(0x0100); // rate 1.0, volume 1.0
          out.zeros(10);
          writeUnityMatrix(out);
          out.zeros(24); // pre_defined
          out.u32(TRACK_ID + 1); // next_track_ID
        });
  }

  /** MovieExtendsBox §8.8.1 with TrackExtendsBox §8.8.3: fragments follow and tell everything. */
  private static void writeMvex(BoxWriter out) {
    out.box(
        "mvex",
        () ->
            out.fullBox(
                "trex",
                0,
                0,
                () -> {
                  out.u32(TRACK_ID).u32(1); // default_sample_description_index
                  out.zeros(12); // default duration, size, flags
                }));
  }

  static void writeUnityMatrix(BoxWriter out) {
    for (int value : UNITY_MATRIX) {
      out.u32(value);
    }
  }
}
