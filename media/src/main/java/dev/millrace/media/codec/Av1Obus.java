package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.ArrayList;
import java.util.List;

/**
 * The open bitstream units of AV1 in the low-overhead format (§5.2), which encoders write and
 * samples of files hold (AV1 Codec ISO Media File Format Binding §2.4). Stateless; any thread.
 */
public final class Av1Obus {
  private static final int SEQUENCE_HEADER = 1;
  private static final int TEMPORAL_DELIMITER = 2;
  private static final int PADDING = 15;
  private static final int FORBIDDEN_BIT = 0x80;
  private static final int EXTENSION_FLAG = 4;
  private static final int HAS_SIZE_FIELD = 2;
  private static final int LEB128_MAX_BYTES = 8;

  private Av1Obus() {}

  /**
   * A temporal unit as a sample: without temporal delimiters and padding, which samples should not
   * have (§2.4).
   *
   * @throws ProtocolException if the sizes do not add up
   */
  public static Bytes sample(Bytes temporalUnit) {
    return Bytes.concat(
        obus(temporalUnit).stream()
            .filter(obu -> obu.type != TEMPORAL_DELIMITER && obu.type != PADDING)
            .map(Obu::whole)
            .toList());
  }

  /**
   * The first sequence header, header and size field included.
   *
   * @throws ProtocolException if there is none
   */
  static Bytes sequenceHeaderObu(Bytes stream) {
    return sequenceHeader(stream).whole;
  }

  /**
   * The first sequence header.
   *
   * @throws ProtocolException if there is none or it is malformed
   */
  public static Av1SequenceHeader readSequenceHeader(Bytes stream) {
    return Av1SequenceHeader.read(sequenceHeader(stream).payload);
  }

  private static Obu sequenceHeader(Bytes stream) {
    return obus(stream).stream()
        .filter(obu -> obu.type == SEQUENCE_HEADER)
        .findFirst()
        .orElseThrow(() -> ProtocolException.malformed("no AV1 sequence header (§7.5)"));
  }

  private record Obu(int type, Bytes whole, Bytes payload) {}

  private static List<Obu> obus(Bytes stream) {
    List<Obu> obus = new ArrayList<>();
    for (int at = 0; at < stream.length(); ) {
      Obu obu = obuAt(stream, at);
      obus.add(obu);
      at += obu.whole.length();
    }
    return obus;
  }

  /** open_bitstream_unit() §5.3.1; only the last one may do without its size (binding §2.4). */
  private static Obu obuAt(Bytes stream, int start) {
    int header = stream.u8(start);
    if ((header & FORBIDDEN_BIT) != 0) {
      throw ProtocolException.malformed("obu_forbidden_bit is 1 (AV1 §5.3.2)");
    }
    int at = start + ((header & EXTENSION_FLAG) == 0 ? 1 : 2);
    long size = (long) stream.length() - at;
    if ((header & HAS_SIZE_FIELD) != 0) {
      size = 0;
      int shift = 0;
      boolean more = true;
      while (more) {
        if (shift == 7 * LEB128_MAX_BYTES || at >= stream.length()) {
          throw ProtocolException.malformed("obu_size does not end (AV1 §4.10.5)");
        }
        int next = stream.u8(at++);
        size |= (next & 0x7FL) << shift;
        shift += 7;
        more = (next & 0x80) != 0;
      }
    }
    if (size < 0 || size > stream.length() - at) {
      throw ProtocolException.malformed(
          "obu_size " + size + " with " + (stream.length() - at) + " bytes left (AV1 §5.3.1)");
    }
    int end = at + (int) size;
    return new Obu(header >> 3 & 0xF, stream.slice(start, end - start), stream.slice(at, end - at));
  }
}
