package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of the avcC box, AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1). Immutable.
 *
 * @param lengthSize bytes of the length in front of each NAL unit of a sample: 1, 2 or 4
 * @param sps sequence parameter sets as NAL units; at least one
 * @param pps picture parameter sets as NAL units; at least one
 */
public record AvcDecoderConfiguration(int lengthSize, List<Bytes> sps, List<Bytes> pps) {
  private static final String WHERE = "avcC (ISO/IEC 14496-15 §5.3.3.1.2)";
  private static final int SPS_TYPE = 7;
  private static final int PPS_TYPE = 8;
  private static final int MAX_SPS = 31;
  private static final int MAX_PPS = 255;

  public AvcDecoderConfiguration {
    sps = List.copyOf(sps);
    pps = List.copyOf(pps);
    if (sps.size() > MAX_SPS || pps.size() > MAX_PPS) {
      throw new IllegalArgumentException(
          sps.size() + " SPS and " + pps.size() + " PPS, at most 31 and 255");
    }
  }

  /**
   * Reads the body of an avcC box, which is also what an AVC sequence header of FLV carries. What
   * follows the picture parameter sets is not read: the SPS tells it better.
   *
   * @throws ProtocolException if it is malformed or holds no parameter sets
   */
  public static AvcDecoderConfiguration read(Bytes avcC) {
    ParameterSets in = new ParameterSets(avcC, WHERE);
    int version = in.u8("configurationVersion");
    if (version != 1) {
      throw ProtocolException.malformed(
          "configurationVersion " + version + ", must be 1 in " + WHERE);
    }
    in.skip(3, "profile and level");
    int lengthSize = (in.u8("lengthSizeMinusOne") & 3) + 1;
    if (lengthSize == 3) {
      throw ProtocolException.malformed("lengthSizeMinusOne 2, must be 0, 1 or 3 in " + WHERE);
    }
    int spsCount = in.u8("numOfSequenceParameterSets") & MAX_SPS;
    List<Bytes> sps = requireType(in.nalUnits(spsCount, "sequence parameter set"), SPS_TYPE);
    int ppsCount = in.u8("numOfPictureParameterSets");
    List<Bytes> pps = requireType(in.nalUnits(ppsCount, "picture parameter set"), PPS_TYPE);
    return new AvcDecoderConfiguration(lengthSize, sps, pps);
  }

  /** The codec string {@code avc1.PPCCLL} (RFC 6381 §3.3), from the first SPS itself. */
  public String codecs() {
    return "avc1." + sps.getFirst().slice(1, 3).hex();
  }

  /**
   * Writes the body of an avcC box. Profile, level, chroma format and bit depths are those of the
   * first SPS, whatever the publisher's own record said; SPS extensions (alpha planes) are left
   * out.
   *
   * @throws ProtocolException if the first SPS is malformed
   */
  public Bytes write() {
    Bytes first = sps.getFirst();
    AvcSps parsed = AvcSps.read(first);
    List<Bytes> out = new ArrayList<>();
    out.add(Bytes.of(1));
    out.add(first.slice(1, 3));
    out.add(Bytes.of(0xFC | (lengthSize - 1)));
    addSets(out, 0xE0 | sps.size(), sps);
    addSets(out, pps.size(), pps);
    if (parsed.hasChromaFormat()) {
      out.add(
          Bytes.of(
              0xFC | parsed.chromaFormatIdc(),
              0xF8 | (parsed.bitDepthLuma() - 8),
              0xF8 | (parsed.bitDepthChroma() - 8),
              0)); // numOfSequenceParameterSetExt
    }
    return Bytes.concat(out);
  }

  private static void addSets(List<Bytes> out, int countByte, List<Bytes> units) {
    out.add(Bytes.of(countByte));
    for (Bytes unit : units) {
      out.add(Bytes.of(unit.length() >> 8, unit.length()));
      out.add(unit);
    }
  }

  private static List<Bytes> requireType(List<Bytes> units, int type) {
    if (units.isEmpty()) {
      throw ProtocolException.malformed(
          "no NAL unit of type " + type + ", at least one is needed in " + WHERE);
    }
    for (Bytes unit : units) {
      int found = unit.u8(0) & 0x1F;
      if (found != type) {
        throw ProtocolException.malformed(
            "NAL unit of type " + found + ", expected " + type + " in " + WHERE);
      }
      if (type == SPS_TYPE && unit.length() < 4) {
        throw ProtocolException.malformed(
            "sequence parameter set of " + unit.length() + " bytes, needs 4 in " + WHERE);
      }
    }
    return units;
  }
}
