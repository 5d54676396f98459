package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;

/**
 * The header of an MPEG audio layer III frame (ISO/IEC 11172-3 §2.4.1.3, 13818-3 §2.4.1.3, and the
 * unofficial MPEG 2.5 for 8 to 12 kHz). Immutable.
 *
 * @param version MPEG version times ten: 10, 20 or 25
 * @param bitrateBps of this frame
 * @param sampleRate Hz
 * @param channels 1 or 2
 * @param frameLengthBytes of the whole frame, header included
 */
public record Mp3FrameHeader(
    int version, int bitrateBps, int sampleRate, int channels, int frameLengthBytes) {
  private static final String WHERE = "MP3 frame header (ISO/IEC 11172-3 §2.4.2.3)";
  private static final int MPEG_1 = 10;
  private static final int MPEG_2 = 20;
  private static final int MPEG_25 = 25;

  private static final int[] BITRATES_MPEG_1 = {
    0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320
  };
  private static final int[] BITRATES_MPEG_2 = {
    0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160
  };
  private static final int[] SAMPLE_RATES_MPEG_1 = {44100, 48000, 32000};

  /**
   * Reads the four bytes at the start of a frame.
   *
   * @throws ProtocolException if it is no layer III header, or one of free format
   */
  public static Mp3FrameHeader read(Bytes frame) {
    BitReader in = BitReader.of(frame, WHERE);
    int sync = in.u(11);
    if (sync != 0x7FF) {
      throw ProtocolException.malformed(
          "syncword " + Integer.toHexString(sync) + ", must be 7ff, " + WHERE);
    }
    int version = readVersion(in);
    int layer = in.u(2);
    if (layer != 1) {
      throw ProtocolException.unsupported("layer bits " + layer + ", must be 1 (III), " + WHERE);
    }
    in.skip(1); // protection_bit
    int bitrateBps = readBitrate(in, version);
    int sampleRate = readSampleRate(in, version);
    int padding = in.u(1);
    in.skip(1); // private_bit
    int channels = in.u(2) == 3 ? 1 : 2;
    int bytesPerSlot = version == MPEG_1 ? 144 : 72;
    int length = bytesPerSlot * bitrateBps / sampleRate + padding;
    return new Mp3FrameHeader(version, bitrateBps, sampleRate, channels, length);
  }

  /** Samples of one frame: two granules of 576 in MPEG 1, one in MPEG 2 and 2.5. */
  public int samplesPerFrame() {
    return version == MPEG_1 ? 1152 : 576;
  }

  /** The objectTypeIndication in MP4: 0x6B for ISO/IEC 11172-3, 0x69 for 13818-3 and MPEG 2.5. */
  public int objectTypeIndication() {
    return version == MPEG_1 ? 0x6B : 0x69;
  }

  /** The codec string, {@code mp4a.6B} or {@code mp4a.69} (RFC 6381 §3.3). */
  public String codecs() {
    return "mp4a." + Integer.toHexString(objectTypeIndication()).toUpperCase(java.util.Locale.ROOT);
  }

  private static int readVersion(BitReader in) {
    int id = in.u(2);
    return switch (id) {
      case 0 -> MPEG_25;
      case 2 -> MPEG_2;
      case 3 -> MPEG_1;
      default -> throw ProtocolException.malformed("version bits " + id + ", reserved, " + WHERE);
    };
  }

  private static int readBitrate(BitReader in, int version) {
    int index = in.u(4);
    if (index == 0) {
      throw ProtocolException.unsupported("free format (bitrate_index 0), " + WHERE);
    }
    if (index == 15) {
      throw ProtocolException.malformed("bitrate_index 15 is forbidden, " + WHERE);
    }
    return 1000 * (version == MPEG_1 ? BITRATES_MPEG_1 : BITRATES_MPEG_2)[index];
  }

  private static int readSampleRate(BitReader in, int version) {
    int index = in.u(2);
    if (index == 3) {
      throw ProtocolException.malformed("sampling_frequency 3 is reserved, " + WHERE);
    }
    int divisor = version == MPEG_1 ? 1 : version == MPEG_2 ? 2 : 4;
    return SAMPLE_RATES_MPEG_1[index] / divisor;
  }
}
