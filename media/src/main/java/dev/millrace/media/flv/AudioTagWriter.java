package dev.millrace.media.flv;

import dev.millrace.media.Bytes;
import dev.millrace.media.Track.AudioCodec;
import java.util.List;

/**
 * Writes the bodies of audio tags that {@link AudioTagBody#read(Bytes)} reads: in the legacy form
 * (FLV §E.4.2) where that can say everything, which every reader of FLV knows, else with an
 * extended header (Enhanced RTMP v2). Stateless; any thread.
 */
public final class AudioTagWriter {
  private static final int EX_HEADER = 9 << 4;
  private static final int MULTITRACK = 5;

  // 44 kHz, 16 bits, stereo: what FLV §E.4.2.1 prescribes for AAC whatever it really is. Readers of
  // MP3 look into its frames.
  private static final int LEGACY_AAC = 10 << 4 | 0x0F;
  private static final int LEGACY_MP3 = 2 << 4 | 0x0F;

  private AudioTagWriter() {}

  /**
   * Codec configuration.
   *
   * @param trackId 0..255; 0 is written without a multitrack header
   * @param configuration the AudioSpecificConfig of AAC; MP3 has none and needs no such tag
   */
  public static Bytes sequenceStart(int trackId, AudioCodec codec, Bytes configuration) {
    if (trackId == 0 && codec == AudioCodec.AAC) {
      return Bytes.concat(List.of(Bytes.of(LEGACY_AAC, 0), configuration));
    }
    return ExHeaderWriter.write(
        EX_HEADER,
        MULTITRACK,
        ExHeader.SEQUENCE_START,
        trackId,
        FourCc.of(codec),
        0,
        List.of(configuration));
  }

  /**
   * One frame.
   *
   * @param trackId 0..255; 0 is written without a multitrack header
   * @param nanos added to the tag's timestamp, 0..999999
   * @param data not empty
   */
  public static Bytes codedFrame(int trackId, AudioCodec codec, int nanos, Bytes data) {
    if (trackId != 0 || nanos != 0) {
      return ExHeaderWriter.write(
          EX_HEADER,
          MULTITRACK,
          ExHeader.CODED_FRAMES,
          trackId,
          FourCc.of(codec),
          nanos,
          List.of(data));
    }
    return Bytes.concat(
        List.of(
            switch (codec) {
              case AAC -> Bytes.of(LEGACY_AAC, 1);
              case MP3 -> Bytes.of(LEGACY_MP3);
            },
            data));
  }
}
