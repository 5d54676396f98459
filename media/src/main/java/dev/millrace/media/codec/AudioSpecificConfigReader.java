package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;

/** Reads {@code AudioSpecificConfig()} in the order of ISO/IEC 14496-3 §1.6.2.1, Table 1.15. */
final class AudioSpecificConfigReader {
  private static final String WHERE = "AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1)";
  private static final int AOT_LTP = 4;
  static final int AOT_SBR = 5;
  static final int AOT_PS = 29;
  private static final int AOT_ESCAPE = 31;

  /** samplingFrequencyIndex that is followed by the rate itself. */
  static final int ESCAPE_INDEX = 0xF;

  private static final int SYNC_SBR = 0x2B7;
  private static final int SYNC_PS = 0x548;
  private static final int MAX_SAMPLE_RATE = 192_000;
  private static final int MIN_SAMPLE_RATE = 4_000;

  /** Table 1.18; 13 and 14 are reserved, 15 is the escape. */
  private static final int[] SAMPLE_RATES = {
    96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350
  };

  /** Table 1.19, channels of each channelConfiguration; 0 is told by a PCE, -1 is reserved. */
  private static final int[] CHANNELS = {0, 1, 2, 3, 4, 5, 6, 8, -1, -1, -1, 7, 8, 24, 8, -1};

  private final Bytes config;
  private final BitReader in;
  private boolean sbr;
  private boolean ps;

  private AudioSpecificConfigReader(Bytes config) {
    this.config = config;
    this.in = BitReader.of(config, WHERE);
  }

  static AudioSpecificConfig read(Bytes config) {
    return new AudioSpecificConfigReader(config).read();
  }

  private AudioSpecificConfig read() {
    int objectType = readObjectType();
    int coreSampleRate = readSampleRate();
    int sampleRate = coreSampleRate;
    int channelConfiguration = in.u(4);
    boolean hierarchical = objectType == AOT_SBR || objectType == AOT_PS;
    if (hierarchical) {
      sbr = true;
      ps = objectType == AOT_PS;
      sampleRate = readSampleRate();
      objectType = readObjectType();
    }
    requireAac(objectType);
    int coreFrameLength = in.flag() ? 960 : 1024; // GASpecificConfig, §4.4.1, frameLengthFlag
    if (in.flag()) { // dependsOnCoreCoder
      in.skip(14); // coreCoderDelay
    }
    in.skip(1); // extensionFlag, without meaning for these object types
    int channels = CHANNELS[channelConfiguration];
    if (channels < 0) {
      throw ProtocolException.malformed(
          "channelConfiguration " + channelConfiguration + " is reserved, " + WHERE);
    }
    if (channels == 0) {
      channels = ProgramConfigElement.readChannels(in);
    }
    if (!hierarchical) {
      sampleRate = readBackwardCompatibleExtension(coreSampleRate);
    }
    requireSbrRate(coreSampleRate, sampleRate);
    // Parametric stereo makes two channels of a mono core.
    int outputChannels = ps && channels == 1 ? 2 : channels;
    return new AudioSpecificConfig(
        config,
        objectType,
        coreSampleRate,
        sampleRate,
        channelConfiguration,
        outputChannels,
        coreFrameLength,
        sbr,
        ps,
        hierarchical);
  }

  /** Table 1.16. */
  private int readObjectType() {
    int type = in.u(5);
    return type == AOT_ESCAPE ? 32 + in.u(6) : type;
  }

  private int readSampleRate() {
    int index = in.u(4);
    if (index == ESCAPE_INDEX) {
      int rate = in.u(24);
      if (rate < MIN_SAMPLE_RATE || rate > MAX_SAMPLE_RATE) {
        throw ProtocolException.malformed(
            "samplingFrequency "
                + rate
                + " Hz, must be "
                + MIN_SAMPLE_RATE
                + ".."
                + MAX_SAMPLE_RATE
                + ", "
                + WHERE);
      }
      return rate;
    }
    if (index >= SAMPLE_RATES.length) {
      throw ProtocolException.malformed(
          "samplingFrequencyIndex " + index + " is reserved, " + WHERE);
    }
    return SAMPLE_RATES[index];
  }

  /** The index of a rate in Table 1.18, or the escape. */
  static int sampleRateIndex(int sampleRate) {
    for (int i = 0; i < SAMPLE_RATES.length; i++) {
      if (SAMPLE_RATES[i] == sampleRate) {
        return i;
      }
    }
    return ESCAPE_INDEX;
  }

  /** The sync extensions behind the configuration (§1.6.6.3), which older decoders do not see. */
  private int readBackwardCompatibleExtension(int coreSampleRate) {
    if (!in.nextIs(11, SYNC_SBR) || in.remainingBits() < 16) {
      return coreSampleRate;
    }
    in.skip(11);
    if (readObjectType() != AOT_SBR || !in.flag()) {
      return coreSampleRate;
    }
    sbr = true;
    int sampleRate = readSampleRate();
    if (in.remainingBits() >= 12 && in.nextIs(11, SYNC_PS)) {
      in.skip(11);
      ps = in.flag();
    }
    return sampleRate;
  }

  private static void requireAac(int objectType) {
    if (objectType == 0) {
      throw ProtocolException.malformed("audioObjectType 0, " + WHERE);
    }
    if (objectType > AOT_LTP) {
      throw ProtocolException.unsupported(
          "audioObjectType " + objectType + ", expected 1 to 4 (AAC Main, LC, SSR, LTP), " + WHERE);
    }
  }

  /** SBR gives the core's rate (downsampled mode) or twice that (§4.6.18.2.6). */
  private void requireSbrRate(int coreSampleRate, int sampleRate) {
    if (sampleRate != coreSampleRate && sampleRate != 2 * coreSampleRate) {
      throw ProtocolException.malformed(
          "extensionSamplingFrequency "
              + sampleRate
              + " Hz over a core of "
              + coreSampleRate
              + " Hz, must be the same or twice that, "
              + WHERE);
    }
  }
}
