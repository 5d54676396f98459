package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.List;

/**
 * The body of the av1C box, AV1CodecConfigurationRecord (AV1 Codec ISO Media File Format Binding
 * §2.3). Immutable.
 *
 * @param sequenceHeader what it describes
 * @param obu the same as an open bitstream unit, with its size
 */
public record Av1Configuration(Av1SequenceHeader sequenceHeader, Bytes obu) {
  private static final int MARKER_AND_VERSION = 0x81;
  private static final int OBUS_OFFSET = 4;

  /**
   * Takes the first sequence header of a stream in the low-overhead format, such as an encoder's
   * extradata.
   *
   * @throws ProtocolException if there is none or it is malformed
   */
  public static Av1Configuration of(Bytes stream) {
    Bytes obu = Av1Obus.sequenceHeaderObu(stream);
    return new Av1Configuration(Av1Obus.readSequenceHeader(obu), obu);
  }

  /**
   * Reads the body of an av1C box. The sequence header in it is what counts.
   *
   * @throws ProtocolException if it is malformed or without a sequence header
   */
  public static Av1Configuration read(Bytes av1C) {
    if (av1C.length() < OBUS_OFFSET || av1C.u8(0) != MARKER_AND_VERSION) {
      throw ProtocolException.malformed("av1C does not begin with marker and version 1 (§2.3.3)");
    }
    return of(av1C.slice(OBUS_OFFSET));
  }

  /** Writes the body of an av1C box. */
  public Bytes write() {
    Bytes header =
        new BitWriter()
            .u(8, MARKER_AND_VERSION)
            .u(3, sequenceHeader.profile())
            .u(5, sequenceHeader.level())
            .u(1, sequenceHeader.tier())
            .u(1, sequenceHeader.bitDepth() > 8 ? 1 : 0)
            .u(1, sequenceHeader.bitDepth() > 10 ? 1 : 0)
            .u(1, sequenceHeader.monochrome() ? 1 : 0)
            .u(1, sequenceHeader.subsamplingX() ? 1 : 0)
            .u(1, sequenceHeader.subsamplingY() ? 1 : 0)
            .u(2, sequenceHeader.chromaSamplePosition())
            .u(8, 0) // no initial_presentation_delay
            .toBytes();
    return Bytes.concat(List.of(header, obu));
  }
}
