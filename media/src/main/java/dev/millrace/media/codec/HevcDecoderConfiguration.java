package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of the hvcC box, HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 §8.3.3.1). Immutable.
 *
 * @param record the bytes it was read from
 * @param lengthSize bytes of the length in front of each NAL unit of a sample: 1, 2 or 4
 * @param vps video parameter sets as NAL units; at least one
 * @param sps sequence parameter sets as NAL units; at least one
 * @param pps picture parameter sets as NAL units; at least one
 */
public record HevcDecoderConfiguration(
    Bytes record, int lengthSize, List<Bytes> vps, List<Bytes> sps, List<Bytes> pps) {
  private static final String WHERE = "hvcC (ISO/IEC 14496-15 §8.3.3.1.2)";
  private static final int VPS_TYPE = 32;
  private static final int SPS_TYPE = 33;
  private static final int PPS_TYPE = 34;
  private static final int ARRAY_COMPLETENESS = 0x80;

  /** Where the arrays begin: behind numOfArrays. */
  private static final int ARRAYS_OFFSET = 23;

  public HevcDecoderConfiguration {
    vps = List.copyOf(vps);
    sps = List.copyOf(sps);
    pps = List.copyOf(pps);
  }

  /**
   * Reads the body of an hvcC box, which is also what an HEVC sequence header of FLV carries.
   *
   * @throws ProtocolException if it is malformed or lacks a kind of parameter set
   */
  public static HevcDecoderConfiguration read(Bytes hvcC) {
    ParameterSets in = new ParameterSets(hvcC, WHERE);
    int version = in.u8("configurationVersion");
    // Version 0 is what ffmpeg and others wrote before the standard was final; same layout.
    if (version > 1) {
      throw ProtocolException.malformed(
          "configurationVersion " + version + ", must be 1 in " + WHERE);
    }
    in.skip(20, "profile, level and format");
    int lengthSize = (in.u8("lengthSizeMinusOne") & 3) + 1;
    if (lengthSize == 3) {
      throw ProtocolException.malformed("lengthSizeMinusOne 2, must be 0, 1 or 3 in " + WHERE);
    }
    int arrays = in.u8("numOfArrays");
    List<Bytes> vps = new ArrayList<>();
    List<Bytes> sps = new ArrayList<>();
    List<Bytes> pps = new ArrayList<>();
    for (int i = 0; i < arrays; i++) {
      int type = in.u8("NAL_unit_type") & 0x3F;
      List<Bytes> units = in.nalUnits(in.u16("numNalus"), "NAL unit");
      switch (type) {
        case VPS_TYPE -> vps.addAll(requireType(units, type));
        case SPS_TYPE -> sps.addAll(requireType(units, type));
        case PPS_TYPE -> pps.addAll(requireType(units, type));
        default -> {} // SEI and whatever else is declared; kept in the record
      }
    }
    requirePresent(vps, "VPS");
    requirePresent(sps, "SPS");
    requirePresent(pps, "PPS");
    return new HevcDecoderConfiguration(hvcC, lengthSize, vps, sps, pps);
  }

  /**
   * The record of these parameter sets (§8.3.3.1.2), for streams that have them among their
   * pictures. Profile, level and formats are those of the first SPS.
   *
   * @param lengthSize bytes of the length in front of each NAL unit of a sample: 1, 2 or 4
   * @throws ProtocolException if the first SPS is malformed or a kind is missing
   */
  public static HevcDecoderConfiguration of(
      int lengthSize, List<Bytes> vps, List<Bytes> sps, List<Bytes> pps) {
    requirePresent(vps, "VPS");
    requirePresent(sps, "SPS");
    requirePresent(pps, "PPS");
    HevcSps first = HevcSps.read(sps.getFirst());
    int layers = sps.getFirst().u8(2); // after sps_video_parameter_set_id: 3 and 1 bits
    int subLayers = (layers >> 1 & 7) + 1;
    List<Bytes> out = new ArrayList<>();
    out.add(Bytes.of(1));
    out.add(first.profileTierLevel().bytes());
    out.add(
        Bytes.of(
            0xF0, // min_spatial_segmentation_idc 0: not told
            0,
            0xFC, // parallelismType 0: not told
            0xFC | first.chromaFormatIdc(),
            0xF8 | (first.bitDepthLuma() - 8),
            0xF8 | (first.bitDepthChroma() - 8),
            0, // avgFrameRate: not told
            0,
            subLayers << 3 | (layers & 1) << 2 | (lengthSize - 1),
            3)); // numOfArrays
    addArray(out, VPS_TYPE, vps);
    addArray(out, SPS_TYPE, sps);
    addArray(out, PPS_TYPE, pps);
    return new HevcDecoderConfiguration(Bytes.concat(out), lengthSize, vps, sps, pps);
  }

  private static void addArray(List<Bytes> out, int type, List<Bytes> units) {
    out.add(Bytes.of(ARRAY_COMPLETENESS | type, units.size() >> 8, units.size()));
    for (Bytes unit : units) {
      out.add(Bytes.of(unit.length() >> 8, unit.length()));
      out.add(unit);
    }
  }

  /** The codec string {@code hvc1...} (ISO/IEC 14496-15 Annex E.3), from the first SPS itself. */
  public String codecs() {
    return "hvc1." + HevcSps.read(sps.getFirst()).profileTierLevel().codecParameters();
  }

  /**
   * The record as a sample entry named hvc1 needs it: profile and level as its first SPS has them,
   * and array_completeness set for parameter sets, which hvc1 prescribes (§8.3.3.1.3) and ffmpeg
   * leaves out in FLV. Otherwise the bytes it was read from.
   */
  Bytes corrected() {
    byte[] copy = record.toArray();
    copy[0] = 1;
    Bytes profile = HevcSps.read(sps.getFirst()).profileTierLevel().bytes();
    profile.copyTo(0, copy, 1, HevcProfileTierLevel.LENGTH);
    ParameterSets in = new ParameterSets(record, WHERE);
    in.skip(ARRAYS_OFFSET, "header");
    for (int i = 0; i < record.u8(ARRAYS_OFFSET - 1); i++) {
      int at = in.position();
      int type = in.u8("NAL_unit_type") & 0x3F;
      if (type >= VPS_TYPE && type <= PPS_TYPE) {
        copy[at] |= (byte) ARRAY_COMPLETENESS;
      }
      in.nalUnits(in.u16("numNalus"), "NAL unit");
    }
    Bytes corrected = Bytes.wrap(copy);
    return corrected.equals(record) ? record : corrected;
  }

  private static List<Bytes> requireType(List<Bytes> units, int type) {
    for (Bytes unit : units) {
      int found = unit.u8(0) >> 1 & 0x3F;
      if (found != type) {
        throw ProtocolException.malformed(
            "NAL unit of type " + found + ", expected " + type + " in " + WHERE);
      }
    }
    return units;
  }

  private static void requirePresent(List<Bytes> units, String name) {
    if (units.isEmpty()) {
      throw ProtocolException.malformed("no " + name + ", at least one is needed in " + WHERE);
    }
  }
}
