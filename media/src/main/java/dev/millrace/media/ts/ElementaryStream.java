package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track;
import dev.millrace.media.codec.AudioSpecificConfig;
import java.util.List;
import java.util.OptionalLong;

/** A track as a transport stream carries it. Immutable; any thread. */
final class ElementaryStream {
  private static final int VIDEO_PID = 0x100;
  private static final int AUDIO_PID = 0x101;

  // stream_type, ISO/IEC 13818-1 Table 2-34
  static final int MPEG_1_AUDIO = 0x03;
  static final int MPEG_2_AUDIO = 0x04;
  static final int AAC_ADTS = 0x0F;
  static final int AVC = 0x1B;
  static final int HEVC = 0x24;

  private static final int LOWEST_MPEG_1_RATE = 32_000;

  /** Makes the payload of a frame. */
  private interface Packing {
    Bytes pack(Frame frame);
  }

  private final ProgramMap.Stream stream;
  private final int streamId;
  private final Packing packing;

  private ElementaryStream(ProgramMap.Stream stream, int streamId, Packing packing) {
    this.stream = stream;
    this.streamId = streamId;
    this.packing = packing;
  }

  /**
   * A video track.
   *
   * @throws ProtocolException if it is AV1 or its configuration cannot be read
   */
  static ElementaryStream video(Track.Video track) {
    AnnexB annexB = AnnexB.of(track);
    int type = track.codec() == Track.VideoCodec.AVC ? AVC : HEVC;
    return new ElementaryStream(
        new ProgramMap.Stream(type, VIDEO_PID),
        PesPacket.VIDEO_STREAM,
        frame -> annexB.write(frame.data(), frame.key()));
  }

  /**
   * An audio track.
   *
   * @throws ProtocolException if its configuration cannot be read or told in ADTS
   */
  static ElementaryStream audio(Track.Audio track) {
    return switch (track.codec()) {
      case AAC -> {
        AudioSpecificConfig config = AudioSpecificConfig.read(track.configuration());
        AdtsHeader.of(config, 1); // so that one which cannot be told is refused at once
        yield audio(
            AAC_ADTS,
            frame -> {
              AdtsHeader header = AdtsHeader.of(config, frame.data().length());
              return Bytes.concat(List.of(header.write(), frame.data()));
            });
      }
      case MP3 ->
          audio(
              track.sampleRate() >= LOWEST_MPEG_1_RATE ? MPEG_1_AUDIO : MPEG_2_AUDIO, Frame::data);
    };
  }

  private static ElementaryStream audio(int type, Packing packing) {
    return new ElementaryStream(
        new ProgramMap.Stream(type, AUDIO_PID), PesPacket.AUDIO_STREAM, packing);
  }

  ProgramMap.Stream stream() {
    return stream;
  }

  int pid() {
    return stream.pid();
  }

  /**
   * A frame as a PES packet.
   *
   * @throws ProtocolException if the frame is malformed or too long
   */
  AccessUnit unit(Frame frame) {
    long pts = TsClock.ticks(frame.ptsUs());
    long dts = TsClock.ticks(frame.dtsUs());
    PesPacket pes =
        new PesPacket(
            streamId,
            OptionalLong.of(pts),
            pts == dts ? OptionalLong.empty() : OptionalLong.of(dts),
            packing.pack(frame));
    boolean video = frame.type() == Frame.MediaType.VIDEO;
    return new AccessUnit(pid(), frame.dtsUs(), video && frame.key(), pes.write());
  }
}
