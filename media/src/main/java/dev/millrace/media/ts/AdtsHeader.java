package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.codec.AudioSpecificConfig;

/**
 * The header of an ADTS frame with one access unit (ISO/IEC 14496-3 §1.A.2.2). SBR and PS are not
 * told in it: decoders find them in the access units. Immutable.
 *
 * @param objectType of the core: 1 Main, 2 LC, 3 SSR, 4 LTP
 * @param sampleRateIndex samplingFrequencyIndex of the core, 0..12
 * @param channelConfiguration 1..7
 * @param hasCrc whether two bytes of CRC follow
 * @param frameLength bytes of the frame with its header
 */
record AdtsHeader(
    int objectType,
    int sampleRateIndex,
    int channelConfiguration,
    boolean hasCrc,
    int frameLength) {
  /** Bytes without CRC. */
  static final int SIZE = 7;

  private static final int MAX_FRAME = 0x1FFF;
  private static final int BUFFER_FULLNESS_VARIABLE = 0x7FF;

  /** ISO/IEC 14496-3 Table 1.18. */
  private static final int[] SAMPLE_RATES = {
    96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350
  };

  /**
   * The header in front of an access unit.
   *
   * @throws ProtocolException if ADTS cannot tell this configuration or length
   */
  static AdtsHeader of(AudioSpecificConfig config, int accessUnitBytes) {
    int index = 0;
    while (index < SAMPLE_RATES.length && SAMPLE_RATES[index] != config.coreSampleRate()) {
      index++;
    }
    if (index == SAMPLE_RATES.length
        || config.channelConfiguration() < 1
        || config.channelConfiguration() > 7) {
      throw ProtocolException.unsupported(
          "AAC of "
              + config.coreSampleRate()
              + " Hz in channelConfiguration "
              + config.channelConfiguration()
              + " has no ADTS header (ISO/IEC 14496-3 §1.A.2.2)");
    }
    if (accessUnitBytes > MAX_FRAME - SIZE) {
      throw ProtocolException.limit(
          "AAC access unit of " + accessUnitBytes + " bytes, at most 8184 in ADTS");
    }
    return new AdtsHeader(
        config.objectType(), index, config.channelConfiguration(), false, accessUnitBytes + SIZE);
  }

  int sampleRate() {
    return SAMPLE_RATES[sampleRateIndex];
  }

  /** Bytes in front of the access unit. */
  int size() {
    return hasCrc ? SIZE + 2 : SIZE;
  }

  /** The AudioSpecificConfig that says the same (ISO/IEC 14496-3 §1.6.2.1). */
  Bytes audioSpecificConfig() {
    int bits = objectType << 11 | sampleRateIndex << 7 | channelConfiguration << 3;
    return Bytes.of(bits >> 8, bits);
  }

  /** Writes a header without CRC. */
  Bytes write() {
    int profile = objectType - 1;
    return Bytes.of(
        0xFF,
        0xF1, // syncword, ID 0 (MPEG-4), layer 0, protection_absent 1
        profile << 6 | sampleRateIndex << 2 | channelConfiguration >> 2,
        (channelConfiguration & 3) << 6 | frameLength >> 11,
        frameLength >> 3,
        (frameLength & 7) << 5 | BUFFER_FULLNESS_VARIABLE >> 6,
        (BUFFER_FULLNESS_VARIABLE & 0x3F) << 2); // one raw data block
  }

  /**
   * Reads a header.
   *
   * @param at where it begins
   * @throws ProtocolException if there is none, or it tells more than one access unit
   */
  static AdtsHeader read(Bytes data, int at) {
    if (data.length() - at < SIZE || (data.u16(at) & 0xFFF6) != 0xFFF0) {
      throw ProtocolException.malformed("no ADTS syncword at offset " + at);
    }
    int bits = data.u16(at + 2);
    AdtsHeader header =
        new AdtsHeader(
            (bits >> 14) + 1,
            bits >> 10 & 0xF,
            bits >> 6 & 7,
            (data.u8(at + 1) & 1) == 0,
            (data.u24(at + 3) >> 5) & MAX_FRAME);
    if (header.sampleRateIndex >= SAMPLE_RATES.length
        || header.channelConfiguration == 0
        || (data.u8(at + 6) & 3) != 0) {
      throw ProtocolException.unsupported("ADTS header " + data.slice(at, SIZE).hex());
    }
    if (header.frameLength <= header.size()) {
      throw ProtocolException.malformed("ADTS frame of " + header.frameLength + " bytes");
    }
    return header;
  }
}
