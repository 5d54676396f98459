package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track;
import dev.millrace.media.codec.AvcDecoderConfiguration;
import dev.millrace.media.codec.HevcDecoderConfiguration;
import dev.millrace.media.codec.NalUnits;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The byte stream format of H.264 and H.265 (ISO/IEC 14496-10 and 23008-2, Annexes B), as a
 * transport stream carries them (ISO/IEC 13818-1 §2.14, §2.17): an access unit delimiter first, and
 * the parameter sets in each access unit from which decoding can start. Immutable.
 */
final class AnnexB {
  private static final Bytes START_CODE = Bytes.of(0, 0, 0, 1);

  /** primary_pic_type 7 (any slice type), and the stop bit. */
  private static final Bytes AVC_DELIMITER = Bytes.of(9, 0xF0);

  /** Type 35 in layer 0 of temporal id 0; pic_type 2 (any slice type), and the stop bit. */
  private static final Bytes HEVC_DELIMITER = Bytes.of(35 << 1, 1, 0x50);

  private final Bytes delimiter;
  private final int delimiterType;
  private final boolean avc;
  private final int lengthSize;
  private final List<Bytes> parameterSets;

  private AnnexB(boolean avc, int lengthSize, List<Bytes> parameterSets) {
    this.avc = avc;
    this.delimiter = avc ? AVC_DELIMITER : HEVC_DELIMITER;
    this.delimiterType = type(delimiter);
    this.lengthSize = lengthSize;
    this.parameterSets = parameterSets;
  }

  /**
   * For a track of H.264 or H.265.
   *
   * @throws ProtocolException if its configuration cannot be read, or it is AV1
   */
  static AnnexB of(Track.Video track) {
    return switch (track.codec()) {
      case AVC -> {
        AvcDecoderConfiguration config = AvcDecoderConfiguration.read(track.configuration());
        yield new AnnexB(
            true,
            config.lengthSize(),
            Stream.of(config.sps(), config.pps()).flatMap(List::stream).toList());
      }
      case HEVC -> {
        HevcDecoderConfiguration config = HevcDecoderConfiguration.read(track.configuration());
        yield new AnnexB(
            false,
            config.lengthSize(),
            Stream.of(config.vps(), config.sps(), config.pps()).flatMap(List::stream).toList());
      }
      case AV1 ->
          throw ProtocolException.unsupported(
              "AV1 in a transport stream (ISO/IEC 13818-1 knows none)");
    };
  }

  /**
   * An access unit as a byte stream.
   *
   * @param sample NAL units behind their lengths
   * @param key whether decoding can start here
   * @throws ProtocolException if the lengths do not add up
   */
  Bytes write(Bytes sample, boolean key) {
    List<Bytes> out = new ArrayList<>();
    add(out, delimiter);
    if (key) {
      parameterSets.forEach(set -> add(out, set));
    }
    for (Bytes unit : NalUnits.lengthPrefixed(sample, lengthSize)) {
      boolean told = type(unit) == delimiterType || (key && parameterSets.contains(unit));
      if (!told) {
        add(out, unit);
      }
    }
    return Bytes.concat(out);
  }

  private static void add(List<Bytes> out, Bytes unit) {
    out.add(START_CODE);
    out.add(unit);
  }

  private int type(Bytes unit) {
    return avc ? unit.u8(0) & 0x1F : unit.u8(0) >> 1 & 0x3F;
  }

  /** The NAL units of a byte stream, as slices; what stands before the first start code is not. */
  static List<Bytes> units(Bytes stream) {
    List<Bytes> units = new ArrayList<>();
    int begin = -1;
    int zeros = 0;
    for (int at = 0; at < stream.length(); at++) {
      byte value = stream.get(at);
      if (value == 1 && zeros >= 2) {
        addUnit(units, stream, begin, at - zeros);
        begin = at + 1;
      }
      zeros = value == 0 ? zeros + 1 : 0;
    }
    addUnit(units, stream, begin, stream.length() - zeros);
    return units;
  }

  /** Without trailing_zero_8bits, which the caller has left out. */
  private static void addUnit(List<Bytes> units, Bytes stream, int begin, int end) {
    if (begin >= 0 && end > begin) {
      units.add(stream.slice(begin, end - begin));
    }
  }
}
