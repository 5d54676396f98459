package dev.millrace.media;

import java.util.OptionalDouble;

/**
 * One elementary stream of a publication: what a decoder must know before the first frame. Track ids
 * are 0 except in Enhanced RTMP multitrack, where they are the publisher's.
 */
public sealed interface Track {
  int id();

  /** The RFC 6381 codec string, exact, for example {@code avc1.64001f} or {@code mp4a.40.2}. */
  String codecs();

  /** Video codecs of renditions; of publishers the first two are taken. */
  enum VideoCodec {
    /** H.264, ISO/IEC 14496-10. */
    AVC,
    /** H.265, ISO/IEC 23008-2. */
    HEVC,
    /** AV1, by the Alliance for Open Media. */
    AV1
  }

  /** Audio codecs that can be published. */
  enum AudioCodec {
    /** ISO/IEC 14496-3. */
    AAC,
    /** ISO/IEC 11172-3 layer III and 13818-3. */
    MP3
  }

  /**
   * A video track.
   *
   * @param configuration the body of the avcC or hvcC box (ISO/IEC 14496-15), or of the av1C box
   * @param width pixels shown, after cropping, before the sample aspect ratio
   * @param height pixels shown, after cropping
   * @param sarWidth sample aspect ratio, 1:1 where the stream says nothing
   * @param frameRate frames a second as the SPS or the publisher's metadata tell; empty if neither
   * @param interlaced whether frames may be fields or interlaced frames
   */
  record Video(
      int id,
      VideoCodec codec,
      String codecs,
      Bytes configuration,
      int width,
      int height,
      int sarWidth,
      int sarHeight,
      OptionalDouble frameRate,
      boolean interlaced)
      implements Track {}

  /**
   * An audio track.
   *
   * @param configuration the AudioSpecificConfig (AAC); empty for MP3
   * @param sampleRate of the output in Hz; the media timescale
   * @param channels of the output
   * @param samplesPerFrame 1024 AAC-LC, 2048 HE-AAC with explicit SBR, 1152 or 576 MP3
   */
  record Audio(
      int id,
      AudioCodec codec,
      String codecs,
      Bytes configuration,
      int sampleRate,
      int channels,
      int samplesPerFrame)
      implements Track {}
}
