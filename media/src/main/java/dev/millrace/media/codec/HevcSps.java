package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * An H.265 sequence parameter set (ISO/IEC 23008-2 §7.3.2.2, VUI §E.2.1), as far as a packager
 * needs it. Immutable.
 *
 * @param profileTierLevel the general part
 * @param chromaFormatIdc 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4
 * @param bitDepthLuma 8 to 16
 * @param bitDepthChroma 8 to 16
 * @param codedWidth luma samples of a decoded picture
 * @param codedHeight luma samples of a decoded picture
 * @param width luma samples shown, inside the conformance window
 * @param height luma samples shown, inside the conformance window
 * @param maxNumReorderPics pictures that may precede another in decode order and follow it in
 *     output order, in the highest sub-layer
 * @param sarWidth sample aspect ratio, 1:1 where unspecified
 * @param sarHeight sample aspect ratio, 1:1 where unspecified
 * @param interlaced the source is interlaced or pictures are fields
 * @param colour if the VUI tells
 * @param timing if the VUI tells
 */
public record HevcSps(
    HevcProfileTierLevel profileTierLevel,
    int chromaFormatIdc,
    int bitDepthLuma,
    int bitDepthChroma,
    int codedWidth,
    int codedHeight,
    int width,
    int height,
    int maxNumReorderPics,
    int sarWidth,
    int sarHeight,
    boolean interlaced,
    Optional<ColourDescription> colour,
    Optional<VideoTiming> timing) {

  /**
   * Reads a NAL unit of type 33, its header included.
   *
   * @throws ProtocolException if it is malformed or describes pictures beyond level 7.2
   */
  public static HevcSps read(Bytes nal) {
    return HevcSpsReader.read(nal);
  }

  /** Frames a second; empty where the VUI holds no plausible rate. */
  public OptionalDouble frameRate() {
    return timing.isPresent() ? timing.get().frameRate() : OptionalDouble.empty();
  }
}
