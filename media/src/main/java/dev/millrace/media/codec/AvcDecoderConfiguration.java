package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.List;

/**
 * The body of the avcC box, AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1). Immutable.
 *
 * @param record the bytes it was read from
 * @param lengthSize bytes of the length in front of each NAL unit of a sample: 1, 2 or 4
 * @param sps sequence parameter sets as NAL units; at least one
 * @param pps picture parameter sets as NAL units; at least one
 */
public record AvcDecoderConfiguration(
    Bytes record, int lengthSize, List<Bytes> sps, List<Bytes> pps) {
  private static final String WHERE = "avcC (ISO/IEC 14496-15 §5.3.3.1.2)";
  private static final int SPS_TYPE = 7;
  private static final int PPS_TYPE = 8;

  public AvcDecoderConfiguration {
    sps = List.copyOf(sps);
    pps = List.copyOf(pps);
  }

  /**
   * Reads the body of an avcC box, which is also what an AVC sequence header of FLV carries. What
   * follows the picture parameter sets is kept but not read.
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
    int spsCount = in.u8("numOfSequenceParameterSets") & 0x1F;
    List<Bytes> sps = requireType(in.nalUnits(spsCount, "sequence parameter set"), SPS_TYPE);
    int ppsCount = in.u8("numOfPictureParameterSets");
    List<Bytes> pps = requireType(in.nalUnits(ppsCount, "picture parameter set"), PPS_TYPE);
    return new AvcDecoderConfiguration(avcC, lengthSize, sps, pps);
  }

  /** The codec string {@code avc1.PPCCLL} (RFC 6381 §3.3), from the first SPS itself. */
  public String codecs() {
    return "avc1." + sps.getFirst().slice(1, 3).hex();
  }

  /**
   * The record with the profile, constraint and level bytes of its first SPS, where an encoder wrote
   * something else into it; otherwise the bytes it was read from.
   */
  Bytes corrected() {
    Bytes profile = sps.getFirst().slice(1, 3);
    if (record.slice(1, 3).equals(profile)) {
      return record;
    }
    return Bytes.concat(List.of(record.slice(0, 1), profile, record.slice(4)));
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
