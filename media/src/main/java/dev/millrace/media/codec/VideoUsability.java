package dev.millrace.media.codec;

import java.util.Optional;

/**
 * The first part of the video usability information, which H.264 (§E.1.1) and H.265 (§E.2.1) have
 * in common: aspect ratio, overscan, video signal type, chroma location.
 */
record VideoUsability(SampleAspectRatio aspectRatio, Optional<ColourDescription> colour) {
  static final VideoUsability NONE = new VideoUsability(SampleAspectRatio.SQUARE, Optional.empty());

  static VideoUsability read(BitReader in) {
    SampleAspectRatio aspectRatio =
        in.flag() ? SampleAspectRatio.read(in) : SampleAspectRatio.SQUARE;
    if (in.flag()) { // overscan_info_present_flag
      in.skip(1); // overscan_appropriate_flag
    }
    Optional<ColourDescription> colour = in.flag() ? readSignalType(in) : Optional.empty();
    if (in.flag()) { // chroma_loc_info_present_flag
      in.skipUe(); // chroma_sample_loc_type_top_field
      in.skipUe(); // chroma_sample_loc_type_bottom_field
    }
    return new VideoUsability(aspectRatio, colour);
  }

  private static Optional<ColourDescription> readSignalType(BitReader in) {
    in.skip(3); // video_format
    boolean fullRange = in.flag();
    if (in.flag()) { // colour_description_present_flag
      return Optional.of(new ColourDescription(in.u(8), in.u(8), in.u(8), fullRange));
    }
    int unspecified = ColourDescription.UNSPECIFIED;
    return fullRange
        ? Optional.of(new ColourDescription(unspecified, unspecified, unspecified, true))
        : Optional.empty();
  }
}
