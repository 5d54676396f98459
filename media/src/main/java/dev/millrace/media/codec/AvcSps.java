package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/**
 * An H.264 sequence parameter set (ISO/IEC 14496-10 §7.3.2.1.1, VUI §E.1.1), as far as a packager
 * needs it. Immutable.
 *
 * @param profileIdc profile_idc
 * @param constraintFlags constraint_set0_flag to constraint_set5_flag and two reserved bits
 * @param levelIdc level_idc
 * @param chromaFormatIdc 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4
 * @param bitDepthLuma 8 to 14
 * @param bitDepthChroma 8 to 14
 * @param picOrderCntType 2 means that output order is decode order
 * @param codedWidth luma samples of a decoded frame, a multiple of 16
 * @param codedHeight luma samples of a decoded frame, a multiple of 16
 * @param cropLeft luma samples of a decoded frame that are not shown on its left
 * @param cropTop luma samples of a decoded frame that are not shown at its top
 * @param width luma samples shown, after cropping
 * @param height luma samples shown, after cropping
 * @param sarWidth sample aspect ratio, 1:1 where unspecified
 * @param sarHeight sample aspect ratio, 1:1 where unspecified
 * @param interlaced frame_mbs_only_flag is 0: pictures may be fields or interlaced frames
 * @param colour if the VUI tells
 * @param timing if the VUI tells
 * @param maxNumReorderFrames frames that may precede another in decode order and follow it in
 *     output order, if the VUI tells
 */
public record AvcSps(
    int profileIdc,
    int constraintFlags,
    int levelIdc,
    int chromaFormatIdc,
    int bitDepthLuma,
    int bitDepthChroma,
    int picOrderCntType,
    int codedWidth,
    int codedHeight,
    int cropLeft,
    int cropTop,
    int width,
    int height,
    int sarWidth,
    int sarHeight,
    boolean interlaced,
    Optional<ColourDescription> colour,
    Optional<VideoTiming> timing,
    OptionalInt maxNumReorderFrames) {

  /** §7.3.2.1.1: the profiles whose SPS tells chroma format, bit depth and scaling matrices. */
  static final Set<Integer> PROFILES_WITH_CHROMA_FORMAT =
      Set.of(100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135);

  /**
   * Reads a NAL unit of type 7, its header byte included.
   *
   * @throws ProtocolException if it is malformed or describes pictures beyond level 6.2
   */
  public static AvcSps read(Bytes nal) {
    return AvcSpsReader.read(nal);
  }

  /**
   * Whether the profile's SPS tells chroma format and bit depth, and so does the end of its avcC
   * (ISO/IEC 14496-15 §5.3.3.1.2 names four profiles; the others of this list came later).
   */
  boolean hasChromaFormat() {
    return PROFILES_WITH_CHROMA_FORMAT.contains(profileIdc);
  }

  /** Frames a second; empty where the VUI holds no plausible rate. */
  public OptionalDouble frameRate() {
    return timing.isPresent() ? timing.get().frameRate() : OptionalDouble.empty();
  }
}
