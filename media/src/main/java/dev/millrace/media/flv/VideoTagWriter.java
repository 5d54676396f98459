package dev.millrace.media.flv;

import dev.millrace.media.Bytes;
import dev.millrace.media.Track.VideoCodec;
import java.util.List;

/**
 * Writes the bodies of video tags that {@link VideoTagBody#read(Bytes)} reads: in the legacy form
 * (FLV §E.4.3) where that can say everything, which every reader of FLV knows, else with an
 * extended header (Enhanced RTMP v2). Stateless; any thread.
 */
public final class VideoTagWriter {
  private static final int EX_HEADER = 0x80;
  private static final int KEY_FRAME = 1;
  private static final int INTER_FRAME = 2;
  private static final int MULTITRACK = 6;
  private static final int LEGACY_AVC = 7;

  private VideoTagWriter() {}

  /**
   * Codec configuration.
   *
   * @param trackId 0..255; 0 is written without a multitrack header
   * @param configuration the body of an avcC or hvcC box
   */
  public static Bytes sequenceStart(int trackId, VideoCodec codec, Bytes configuration) {
    if (isLegacy(trackId, codec, 0)) {
      return Bytes.concat(
          List.of(Bytes.of(KEY_FRAME << 4 | LEGACY_AVC, 0, 0, 0, 0), configuration));
    }
    return ExHeaderWriter.write(
        EX_HEADER | KEY_FRAME << 4,
        MULTITRACK,
        ExHeader.SEQUENCE_START,
        trackId,
        FourCc.of(codec),
        0,
        List.of(configuration));
  }

  /**
   * One access unit.
   *
   * @param trackId 0..255; 0 is written without a multitrack header
   * @param compositionTimeMs presentation time minus decode time, 24 bits signed
   * @param nanos added to the tag's timestamp, 0..999999
   */
  public static Bytes codedFrame(
      int trackId, VideoCodec codec, boolean key, int compositionTimeMs, int nanos, Bytes data) {
    int frameType = (key ? KEY_FRAME : INTER_FRAME) << 4;
    Bytes composition =
        Bytes.of(compositionTimeMs >> 16, compositionTimeMs >> 8, compositionTimeMs);
    if (isLegacy(trackId, codec, nanos)) {
      return Bytes.concat(List.of(Bytes.of(frameType | LEGACY_AVC, 1), composition, data));
    }
    return ExHeaderWriter.write(
        EX_HEADER | frameType,
        MULTITRACK,
        ExHeader.CODED_FRAMES,
        trackId,
        FourCc.of(codec),
        nanos,
        List.of(composition, data));
  }

  /**
   * A message with shares of several tracks: ManyTracks where they have one codec, else
   * ManyTracksManyCodecs.
   *
   * @param key the frame type, of all of them
   * @param entries at least one, all of the same packet type and nanoseconds
   */
  public static Bytes multitrack(boolean key, List<MultitrackEntry> entries) {
    int frameType = (key ? KEY_FRAME : INTER_FRAME) << 4;
    return ExHeaderWriter.write(EX_HEADER | frameType, MULTITRACK, entries);
  }

  private static boolean isLegacy(int trackId, VideoCodec codec, int nanos) {
    return trackId == 0 && codec == VideoCodec.AVC && nanos == 0;
  }
}
