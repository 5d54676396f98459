package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.Optional;

/**
 * An AV1 sequence header (AV1 Bitstream &amp; Decoding Process Specification §5.5), as far as a
 * packager needs it. Immutable.
 *
 * @param profile seq_profile: 0 main, 1 high, 2 professional
 * @param level seq_level_idx of operating point 0
 * @param tier seq_tier of operating point 0
 * @param width pixels of the largest frame
 * @param height pixels of the largest frame
 * @param bitDepth 8, 10 or 12
 * @param monochrome whether there are no chroma planes
 * @param subsamplingX whether chroma has half the columns
 * @param subsamplingY whether chroma has half the lines
 * @param chromaSamplePosition chroma_sample_position: 0 unknown, 1 vertical, 2 colocated
 * @param colour if it tells
 * @param timing if it tells
 */
public record Av1SequenceHeader(
    int profile,
    int level,
    int tier,
    int width,
    int height,
    int bitDepth,
    boolean monochrome,
    boolean subsamplingX,
    boolean subsamplingY,
    int chromaSamplePosition,
    Optional<ColourDescription> colour,
    Optional<VideoTiming> timing) {

  /**
   * Reads the payload of a sequence header OBU.
   *
   * @throws ProtocolException if it is malformed
   */
  public static Av1SequenceHeader read(Bytes payload) {
    return new Av1SequenceHeaderReader(payload).read();
  }

  /** The chroma format in the words of H.264 and H.265: chroma_format_idc. */
  public int chromaFormatIdc() {
    if (monochrome) {
      return 0;
    }
    return subsamplingX ? subsamplingY ? 1 : 2 : 3;
  }

  /**
   * The codec string in its short form, {@code av01.P.LLT.DD} (AV1 Codec ISO Media File Format
   * Binding §5): what it leaves out is told by the configuration.
   */
  public String codecs() {
    return "av01.%d.%02d%s.%02d".formatted(profile, level, tier == 0 ? "M" : "H", bitDepth);
  }
}
