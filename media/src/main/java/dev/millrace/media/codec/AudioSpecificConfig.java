package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;

/**
 * An AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1) of one of the AAC object types that RTMP
 * publishers send. Immutable.
 *
 * @param record the bytes it was read from
 * @param objectType of the core: 1 Main, 2 LC, 3 SSR, 4 LTP
 * @param coreSampleRate Hz, of the core coder
 * @param sampleRate Hz, of the output: with spectral band replication its extension's
 * @param channelConfiguration 0 where a program_config_element tells
 * @param channels of the output
 * @param coreFrameLength samples of a core frame: 1024 or 960
 * @param sbr spectral band replication is signalled (HE-AAC)
 * @param ps parametric stereo is signalled (HE-AAC v2)
 * @param hierarchical SBR or PS is signalled by the first object type, not behind the configuration
 */
public record AudioSpecificConfig(
    Bytes record,
    int objectType,
    int coreSampleRate,
    int sampleRate,
    int channelConfiguration,
    int channels,
    int coreFrameLength,
    boolean sbr,
    boolean ps,
    boolean hierarchical) {

  /**
   * Reads an AudioSpecificConfig, which is also what an AAC sequence header of FLV carries.
   *
   * @throws ProtocolException if it is malformed, or of an object type other than AAC Main, LC, SSR
   *     or LTP with or without SBR and PS
   */
  public static AudioSpecificConfig read(Bytes config) {
    return AudioSpecificConfigReader.read(config);
  }

  /** The codec string {@code mp4a.40.N} (RFC 6381 §3.3): N is the outermost object type. */
  public String codecs() {
    return "mp4a.40." + (ps ? 29 : sbr ? 5 : objectType);
  }

  /**
   * Samples of one access unit at the output's rate: twice the core's where SBR doubles the rate.
   */
  public int samplesPerFrame() {
    return (int) ((long) coreFrameLength * sampleRate / coreSampleRate);
  }

  /**
   * The configuration with SBR and PS signalled hierarchically, in front (§1.6.5.2): the form that
   * the codec string names and that no reader can miss. The bytes it was read from where nothing is
   * to be done, or where a program_config_element (whose alignment would move) tells the channels.
   */
  Bytes hierarchicalRecord() {
    if (!sbr || hierarchical || channelConfiguration == 0) {
      return record;
    }
    BitWriter out = new BitWriter();
    out.u(5, ps ? AudioSpecificConfigReader.AOT_PS : AudioSpecificConfigReader.AOT_SBR);
    writeSampleRate(out, coreSampleRate);
    out.u(4, channelConfiguration);
    writeSampleRate(out, sampleRate);
    out.u(5, objectType);
    // GASpecificConfig: frameLengthFlag, dependsOnCoreCoder, extensionFlag
    out.u(1, coreFrameLength == 960 ? 1 : 0).u(2, 0);
    return out.toBytes();
  }

  private static void writeSampleRate(BitWriter out, int sampleRate) {
    int index = AudioSpecificConfigReader.sampleRateIndex(sampleRate);
    out.u(4, index);
    if (index == AudioSpecificConfigReader.ESCAPE_INDEX) {
      out.u(24, sampleRate);
    }
  }
}
