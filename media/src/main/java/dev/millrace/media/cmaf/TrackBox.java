package dev.millrace.media.cmaf;

import dev.millrace.media.Track;

/** Writes a TrackBox (ISO/IEC 14496-12 §8.3.1) without samples. */
final class TrackBox {
  /** track_enabled, track_in_movie, track_in_preview (§8.3.2.3). */
  private static final int TRACK_FLAGS = 7;

  /** "und" as three letters of five bits (§8.4.2.3). */
  private static final int LANGUAGE_UNDETERMINED = 0x55C4;

  private TrackBox() {}

  static void write(BoxWriter out, int trackId, Track track) {
    out.box(
        "trak",
        () -> {
          writeTkhd(out, trackId, track);
          // MediaBox §8.4.1
          out.box(
              "mdia",
              () -> {
                writeMdhd(out, track);
                writeHdlr(out, track);
                writeMinf(out, track);
              });
        });
  }

  /** TrackHeaderBox §8.3.2. */
  private static void writeTkhd(BoxWriter out, int trackId, Track track) {
    out.fullBox(
        "tkhd",
        0,
        TRACK_FLAGS,
        () -> {
          out.zeros(8); // creation_time, modification_time
          out.u32(trackId).zeros(4);
          out.u32(0); // duration
          out.zeros(8);
          out.u16(0).u16(0); // layer, alternate_group
          out.u16(track instanceof Track.Audio ? 0x0100 : 0).zeros(2); // volume
          InitSegment.writeUnityMatrix(out);
          switch (track) {
            case Track.Video video -> out.u32(shownWidth(video)).u32(video.height() << 16);
            case Track.Audio _ -> out.u32(0).u32(0);
          }
        });
  }

  /** 16.16 fixed point, with the sample aspect ratio applied: the size at which it is presented. */
  private static int shownWidth(Track.Video video) {
    long width = ((long) video.width() << 16) * video.sarWidth() / video.sarHeight();
    return (int) Math.min(width, 0xFFFF_0000L);
  }

  /** MediaHeaderBox §8.4.2. */
  private static void writeMdhd(BoxWriter out, Track track) {
    out.fullBox(
        "mdhd",
        0,
        0,
        () -> {
          out.zeros(8); // creation_time, modification_time
          out.u32(InitSegment.timescale(track)).u32(0); // timescale, duration
          out.u16(LANGUAGE_UNDETERMINED).u16(0);
        });
  }

  /** HandlerBox §8.4.3. */
  private static void writeHdlr(BoxWriter out, Track track) {
    boolean video = track instanceof Track.Video;
    out.fullBox(
        "hdlr",
        0,
        0,
        () -> {
          out.u32(0).fourCc(video ? "vide" : "soun").zeros(12);
          out.fourCc(video ? "Vide" : "Soun").fourCc("Hand").u8('l').u8('e').u8('r').u8(0);
        });
  }

  /** MediaInformationBox §8.4.4. */
  private static void writeMinf(BoxWriter out, Track track) {
    out.box(
        "minf",
        () -> {
          switch (track) {
            // VideoMediaHeaderBox §12.1.2: graphicsmode copy, opcolor black
            case Track.Video _ -> out.fullBox("vmhd", 0, 1, () -> out.zeros(8));
            // SoundMediaHeaderBox §12.2.2: balance in the middle
            case Track.Audio _ -> out.fullBox("smhd", 0, 0, () -> out.zeros(4));
          }
          writeDinf(out);
          writeStbl(out, track);
        });
  }

  /** DataInformationBox §8.7.1, DataReferenceBox §8.7.2: the media is in the same file. */
  private static void writeDinf(BoxWriter out) {
    out.box(
        "dinf", () -> out.fullBox("dref", 0, 0, () -> out.u32(1).fullBox("url ", 0, 1, () -> {})));
  }

  /** SampleTableBox §8.5.1: one sample entry and no samples. */
  private static void writeStbl(BoxWriter out, Track track) {
    out.box(
        "stbl",
        () -> {
          // SampleDescriptionBox §8.5.2
          out.fullBox(
              "stsd",
              0,
              0,
              () -> {
                out.u32(1); // entry_count
                switch (track) {
                  case Track.Video video -> VideoSampleEntry.write(out, video);
                  case Track.Audio audio -> AudioSampleEntry.write(out, audio);
                }
              });
          out.fullBox("stts", 0, 0, () -> out.u32(0)); // TimeToSampleBox §8.6.1.2
          out.fullBox("stsc", 0, 0, () -> out.u32(0)); // SampleToChunkBox §8.7.4
          out.fullBox("stsz", 0, 0, () -> out.u32(0).u32(0)); // SampleSizeBox §8.7.3
          out.fullBox("stco", 0, 0, () -> out.u32(0)); // ChunkOffsetBox §8.7.5
        });
  }
}
