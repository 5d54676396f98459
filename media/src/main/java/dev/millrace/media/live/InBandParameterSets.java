package dev.millrace.media.live;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track;
import dev.millrace.media.Track.VideoCodec;
import dev.millrace.media.codec.AvcDecoderConfiguration;
import dev.millrace.media.codec.HevcDecoderConfiguration;
import dev.millrace.media.codec.NalUnits;
import dev.millrace.media.codec.Tracks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Parameter sets that encoders put into key frames. Usually they repeat the configuration; an
 * encoder that changes its picture size without a new sequence header shows it only here.
 * Stateless.
 */
final class InBandParameterSets {
  private static final int AVC_SPS = 7;
  private static final int AVC_PPS = 8;
  private static final int HEVC_VPS = 32;
  private static final int HEVC_SPS = 33;
  private static final int HEVC_PPS = 34;
  private static final int HVCC_HEADER_BYTES = 22;
  private static final int MIN_SET_BYTES = 4;

  private InBandParameterSets() {}

  /**
   * The configuration that a key frame brings along, if its SPS is not one of the track's. One that
   * cannot be read is damage, and as good as none.
   */
  static Optional<Bytes> newConfiguration(Track.Video track, Bytes keyFrame) {
    boolean avc = track.codec() == VideoCodec.AVC;
    int lengthSize = NalUnits.lengthSize(track);
    // Parameter sets stand first, behind an access unit delimiter at most: nearly every key frame
    // is done with after one look at its first bytes.
    if (!mayBegin(avc, keyFrame, lengthSize)) {
      return Optional.empty();
    }
    List<Bytes> units = NalUnits.lengthPrefixed(keyFrame, lengthSize);
    Optional<Bytes> found = avc ? avc(track, units, lengthSize) : hevc(track, units);
    return found.filter(configuration -> isReadable(avc, configuration));
  }

  private static boolean isReadable(boolean avc, Bytes configuration) {
    try {
      if (avc) {
        Tracks.avc(0, configuration, OptionalDouble.empty());
      } else {
        Tracks.hevc(0, configuration, OptionalDouble.empty());
      }
      return true;
    } catch (ProtocolException e) {
      return false;
    }
  }

  private static boolean mayBegin(boolean avc, Bytes keyFrame, int lengthSize) {
    int header = keyFrame.u8(lengthSize);
    int type = avc ? header & 0x1F : header >> 1 & 0x3F;
    return avc ? type >= 6 && type <= 9 : type >= HEVC_VPS;
  }

  private static Optional<Bytes> avc(Track.Video track, List<Bytes> units, int lengthSize) {
    AvcDecoderConfiguration known = AvcDecoderConfiguration.read(track.configuration());
    List<Bytes> sps = ofType(units, 0x1F, 0, AVC_SPS);
    if (sps.isEmpty() || known.sps().containsAll(sps)) {
      return Optional.empty();
    }
    List<Bytes> pps = ofType(units, 0x1F, 0, AVC_PPS);
    List<Bytes> out = new ArrayList<>();
    out.add(Bytes.of(1)); // configurationVersion
    out.add(sps.getFirst().slice(1, 3)); // profile, compatibility, level
    out.add(Bytes.of(0xFC | (lengthSize - 1)));
    addSets(out, 0xE0, sps);
    addSets(out, 0, pps.isEmpty() ? known.pps() : pps);
    return Optional.of(Bytes.concat(out));
  }

  private static Optional<Bytes> hevc(Track.Video track, List<Bytes> units) {
    HevcDecoderConfiguration known = HevcDecoderConfiguration.read(track.configuration());
    List<Bytes> sps = ofType(units, 0x3F, 1, HEVC_SPS);
    if (sps.isEmpty() || known.sps().containsAll(sps)) {
      return Optional.empty();
    }
    List<Bytes> vps = ofType(units, 0x3F, 1, HEVC_VPS);
    List<Bytes> pps = ofType(units, 0x3F, 1, HEVC_PPS);
    List<Bytes> out = new ArrayList<>();
    out.add(track.configuration().slice(0, HVCC_HEADER_BYTES));
    out.add(Bytes.of(3)); // numOfArrays
    addArray(out, HEVC_VPS, vps.isEmpty() ? known.vps() : vps);
    addArray(out, HEVC_SPS, sps);
    addArray(out, HEVC_PPS, pps.isEmpty() ? known.pps() : pps);
    return Optional.of(Bytes.concat(out));
  }

  /** ISO/IEC 14496-15 §5.3.3.1.2. */
  private static void addSets(List<Bytes> out, int countFlags, List<Bytes> units) {
    out.add(Bytes.of(countFlags | units.size()));
    addUnits(out, units);
  }

  /** ISO/IEC 14496-15 §8.3.3.1.2, with array_completeness. */
  private static void addArray(List<Bytes> out, int type, List<Bytes> units) {
    out.add(Bytes.of(0x80 | type, units.size() >> 8, units.size()));
    addUnits(out, units);
  }

  private static void addUnits(List<Bytes> out, List<Bytes> units) {
    for (Bytes unit : units) {
      out.add(Bytes.of(unit.length() >> 8, unit.length()));
      out.add(unit);
    }
  }

  /** The units of a type, as far as they are long enough to be parameter sets at all. */
  private static List<Bytes> ofType(List<Bytes> units, int mask, int shift, int type) {
    return units.stream()
        .filter(unit -> (unit.u8(0) >> shift & mask) == type && unit.length() >= MIN_SET_BYTES)
        .distinct()
        .toList();
  }
}
