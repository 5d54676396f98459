package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track.VideoCodec;
import dev.millrace.media.codec.AvcDecoderConfiguration;
import dev.millrace.media.codec.HevcDecoderConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Access units of a byte stream (Annexes B of H.264 and H.265) as samples behind lengths: parameter
 * sets go into a configuration, delimiters and filling are left out. One thread.
 */
final class VideoUnits {
  /**
   * One access unit.
   *
   * @param data NAL units, each behind a length of 4 bytes; empty if there is no picture
   * @param key whether it has an IDR picture
   * @param configuration the body of avcC or hvcC, where it is new
   */
  record Unit(Bytes data, boolean key, Optional<Bytes> configuration) {}

  // nal_unit_type, ISO/IEC 14496-10 Table 7-1
  private static final int AVC_IDR = 5;
  private static final int AVC_SPS = 7;
  private static final int AVC_PPS = 8;
  private static final int AVC_DELIMITER = 9;
  private static final int AVC_FILLER = 12;

  // nal_unit_type, ISO/IEC 23008-2 Table 7-1
  private static final int HEVC_IDR_W_RADL = 19;
  private static final int HEVC_IDR_N_LP = 20;
  private static final int HEVC_VPS = 32;
  private static final int HEVC_SPS = 33;
  private static final int HEVC_PPS = 34;
  private static final int HEVC_DELIMITER = 35;
  private static final int HEVC_END_OF_BITSTREAM = 37;
  private static final int HEVC_FILLER = 38;

  private static final int LENGTH_SIZE = 4;

  private final VideoCodec codec;
  private List<Bytes> vps = List.of();
  private List<Bytes> sps = List.of();
  private List<Bytes> pps = List.of();

  /** The last one; empty before the first. */
  private Bytes configuration = Bytes.EMPTY;

  VideoUnits(VideoCodec codec) {
    this.codec = codec;
  }

  VideoCodec codec() {
    return codec;
  }

  /** Reads an access unit. */
  Unit unit(Bytes stream) {
    List<Bytes> kept = new ArrayList<>();
    List<Bytes> newVps = new ArrayList<>();
    List<Bytes> newSps = new ArrayList<>();
    List<Bytes> newPps = new ArrayList<>();
    boolean key = false;
    for (Bytes unit : AnnexB.units(stream)) {
      int type = type(unit);
      if (isSps(type)) {
        newSps.add(unit);
      } else if (isPps(type)) {
        newPps.add(unit);
      } else if (codec == VideoCodec.HEVC && type == HEVC_VPS) {
        newVps.add(unit);
      } else if (!isLeftOut(type)) {
        key |= isIdr(type);
        int length = unit.length();
        kept.add(Bytes.of(length >> 24, length >> 16, length >> 8, length));
        kept.add(unit);
      }
    }
    vps = newVps.isEmpty() ? vps : distinct(newVps);
    sps = newSps.isEmpty() ? sps : distinct(newSps);
    pps = newPps.isEmpty() ? pps : distinct(newPps);
    return new Unit(Bytes.concat(kept), key, key ? changed() : Optional.empty());
  }

  private static List<Bytes> distinct(List<Bytes> units) {
    return units.stream().distinct().toList();
  }

  /** The configuration, if it is another one than before and can be read. */
  private Optional<Bytes> changed() {
    if (sps.isEmpty() || pps.isEmpty() || (codec == VideoCodec.HEVC && vps.isEmpty())) {
      return Optional.empty();
    }
    try {
      Bytes now =
          codec == VideoCodec.AVC
              ? new AvcDecoderConfiguration(LENGTH_SIZE, sps, pps).write()
              : HevcDecoderConfiguration.of(LENGTH_SIZE, vps, sps, pps).record();
      if (now.equals(configuration)) {
        return Optional.empty();
      }
      configuration = now;
      return Optional.of(now);
    } catch (ProtocolException | IllegalArgumentException e) {
      return Optional.empty(); // damaged on its way: the next key frame has them again
    }
  }

  private int type(Bytes unit) {
    return codec == VideoCodec.AVC ? unit.u8(0) & 0x1F : unit.u8(0) >> 1 & 0x3F;
  }

  private boolean isSps(int type) {
    return type == (codec == VideoCodec.AVC ? AVC_SPS : HEVC_SPS);
  }

  private boolean isPps(int type) {
    return type == (codec == VideoCodec.AVC ? AVC_PPS : HEVC_PPS);
  }

  private boolean isIdr(int type) {
    return codec == VideoCodec.AVC
        ? type == AVC_IDR
        : type == HEVC_IDR_W_RADL || type == HEVC_IDR_N_LP;
  }

  /** Delimiters, ends and filling: samples have no use for them (ISO/IEC 14496-15 §5.3.2). */
  private boolean isLeftOut(int type) {
    return codec == VideoCodec.AVC
        ? type >= AVC_DELIMITER && type <= AVC_FILLER
        : (type >= HEVC_DELIMITER && type <= HEVC_END_OF_BITSTREAM) || type == HEVC_FILLER;
  }
}
