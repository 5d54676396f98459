package dev.millrace.transcoder.packager;

import dev.millrace.media.Bytes;
import dev.millrace.media.Track;
import dev.millrace.media.Track.AudioCodec;
import java.util.Optional;

/**
 * Frames that decode to silence, to fill what a publisher did not send. AAC: a raw_data_block of
 * empty channel elements (ISO/IEC 14496-3 4.4.2.1); decoders of HE-AAC take one without SBR data as
 * well. MP3: a header of the same stream with side information of zeros (ISO/IEC 11172-3 2.4.1.7).
 */
final class Silence {
  private static final Bytes AAC_MONO = Bytes.fromHex("00c8 0080 2380");
  private static final Bytes AAC_STEREO = Bytes.fromHex("2100 4990 0219 0023 80");

  private Silence() {}

  /**
   * A silent frame for the track; empty where none is known.
   *
   * @param example a frame of the track
   */
  static Optional<Bytes> of(Track.Audio track, Bytes example) {
    return track.codec() == AudioCodec.MP3 ? mp3(example) : aac(track);
  }

  private static Optional<Bytes> aac(Track.Audio track) {
    return switch (coreChannels(track)) {
      case 1 -> Optional.of(AAC_MONO);
      case 2 -> Optional.of(AAC_STEREO);
      default -> Optional.empty();
    };
  }

  /** channelConfiguration of the AudioSpecificConfig: with parametric stereo the core is mono. */
  private static int coreChannels(Track.Audio track) {
    Bytes config = track.configuration();
    if (config.length() < 2) {
      return 0;
    }
    int bits = config.u16(0);
    boolean escaped = bits >> 11 == 31 || (bits >> 7 & 15) == 15;
    return escaped ? track.channels() : bits >> 3 & 15;
  }

  private static Optional<Bytes> mp3(Bytes example) {
    if (example.length() < 4 || example.u16(0) >> 5 != 0x7FF) {
      return Optional.empty();
    }
    byte[] silent = new byte[example.length()];
    example.copyTo(0, silent, 0, 4);
    silent[1] |= 1; // protection_bit: no CRC follows
    return Optional.of(Bytes.wrap(silent));
  }
}
