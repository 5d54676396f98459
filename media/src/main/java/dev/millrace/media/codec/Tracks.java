package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track;
import java.util.Optional;
import java.util.OptionalDouble;

/** Makes tracks of what publishers send as codec configuration. Stateless; any thread. */
public final class Tracks {
  private Tracks() {}

  /**
   * An H.264 track.
   *
   * @param avcC body of an avcC box
   * @param metadataFrameRate what the publisher's metadata say; used where the SPS does not fix one
   * @throws ProtocolException if the configuration or its first SPS is malformed
   */
  public static Track.Video avc(int id, Bytes avcC, OptionalDouble metadataFrameRate) {
    AvcDecoderConfiguration configuration = AvcDecoderConfiguration.read(avcC);
    AvcSps sps = AvcSps.read(configuration.sps().getFirst());
    return new Track.Video(
        id,
        Track.VideoCodec.AVC,
        configuration.codecs(),
        configuration.write(),
        sps.width(),
        sps.height(),
        sps.sarWidth(),
        sps.sarHeight(),
        frameRate(sps.timing(), metadataFrameRate),
        sps.interlaced());
  }

  /**
   * An H.265 track.
   *
   * @param hvcC body of an hvcC box
   * @param metadataFrameRate what the publisher's metadata say; used where the parameter sets tell
   *     none
   * @throws ProtocolException if the configuration or its first SPS is malformed
   */
  public static Track.Video hevc(int id, Bytes hvcC, OptionalDouble metadataFrameRate) {
    HevcDecoderConfiguration configuration = HevcDecoderConfiguration.read(hvcC);
    HevcSps sps = HevcSps.read(configuration.sps().getFirst());
    Optional<VideoTiming> timing =
        sps.timing().or(() -> HevcVps.read(configuration.vps().getFirst()).timing());
    return new Track.Video(
        id,
        Track.VideoCodec.HEVC,
        configuration.codecs(),
        configuration.corrected(),
        sps.width(),
        sps.height(),
        sps.sarWidth(),
        sps.sarHeight(),
        frameRate(timing, metadataFrameRate),
        sps.interlaced());
  }

  /**
   * An AV1 track.
   *
   * @param av1C body of an av1C box
   * @param knownFrameRate used where the sequence header tells none
   * @throws ProtocolException if the configuration or its sequence header is malformed
   */
  public static Track.Video av1(int id, Bytes av1C, OptionalDouble knownFrameRate) {
    Av1SequenceHeader header = Av1Configuration.read(av1C).sequenceHeader();
    return new Track.Video(
        id,
        Track.VideoCodec.AV1,
        header.codecs(),
        av1C,
        header.width(),
        header.height(),
        1,
        1,
        frameRate(header.timing(), knownFrameRate),
        false);
  }

  /**
   * An AAC track. SBR and PS that are signalled behind the configuration (backward compatible) are
   * moved in front of it where that is possible, as HLS asks (Apple HLS authoring 2.24).
   *
   * @param asc AudioSpecificConfig
   * @throws ProtocolException if it is malformed or of another object type than AAC
   */
  public static Track.Audio aac(int id, Bytes asc) {
    AudioSpecificConfig config = AudioSpecificConfig.read(asc);
    return new Track.Audio(
        id,
        Track.AudioCodec.AAC,
        config.codecs(),
        config.hierarchicalRecord(),
        config.sampleRate(),
        config.channels(),
        config.samplesPerFrame());
  }

  /**
   * An MP3 track.
   *
   * @param firstFrame its first frame, or at least the header of it
   * @throws ProtocolException if it does not begin with a layer III header of a fixed bit rate
   */
  public static Track.Audio mp3(int id, Bytes firstFrame) {
    Mp3FrameHeader header = Mp3FrameHeader.read(firstFrame);
    return new Track.Audio(
        id,
        Track.AudioCodec.MP3,
        header.codecs(),
        Bytes.EMPTY,
        header.sampleRate(),
        header.channels(),
        header.samplesPerFrame());
  }

  /**
   * The SPS decides where it promises a fixed rate; without that promise its clock may only be the
   * encoder's time base (x264 with variable frame rate), so the publisher's own word comes first.
   */
  private static OptionalDouble frameRate(
      Optional<VideoTiming> timing, OptionalDouble metadataFrameRate) {
    OptionalDouble told = timing.isPresent() ? timing.get().frameRate() : OptionalDouble.empty();
    boolean promised = told.isPresent() && timing.isPresent() && timing.get().fixed();
    boolean metadata =
        metadataFrameRate.isPresent() && VideoTiming.plausible(metadataFrameRate.getAsDouble());
    return metadata && !promised ? metadataFrameRate : told;
  }
}
