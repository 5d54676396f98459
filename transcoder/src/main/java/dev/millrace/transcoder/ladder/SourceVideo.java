package dev.millrace.transcoder.ladder;

import dev.millrace.media.Track;
import dev.millrace.media.codec.Av1Configuration;
import dev.millrace.media.codec.Av1SequenceHeader;
import dev.millrace.media.codec.AvcDecoderConfiguration;
import dev.millrace.media.codec.AvcSps;
import dev.millrace.media.codec.HevcDecoderConfiguration;
import dev.millrace.media.codec.HevcSps;

/**
 * The source's video as a planner sees it.
 *
 * @param width pixels as shown: square, even, never more than the source has
 * @param height pixels as shown
 * @param bitDepth of luma or chroma, the larger
 * @param chromaFormatIdc 1 is 4:2:0, which is what players take
 */
record SourceVideo(Track.Video track, int width, int height, int bitDepth, int chromaFormatIdc) {
  private static final int CHROMA_420 = 1;

  static SourceVideo of(Track.Video track) {
    int height = evenBelow(track.height());
    int width = evenBelow(shownWidth(track));
    return switch (track.codec()) {
      case AVC -> {
        AvcSps sps =
            AvcSps.read(AvcDecoderConfiguration.read(track.configuration()).sps().getFirst());
        int depth = Math.max(sps.bitDepthLuma(), sps.bitDepthChroma());
        yield new SourceVideo(track, width, height, depth, sps.chromaFormatIdc());
      }
      case HEVC -> {
        HevcSps sps =
            HevcSps.read(HevcDecoderConfiguration.read(track.configuration()).sps().getFirst());
        int depth = Math.max(sps.bitDepthLuma(), sps.bitDepthChroma());
        yield new SourceVideo(track, width, height, depth, sps.chromaFormatIdc());
      }
      case AV1 -> {
        Av1SequenceHeader header = Av1Configuration.read(track.configuration()).sequenceHeader();
        yield new SourceVideo(track, width, height, header.bitDepth(), header.chromaFormatIdc());
      }
    };
  }

  /** The p of "720p": the smaller side, so that portrait pictures count like landscape ones. */
  int lines() {
    return Math.min(width, height);
  }

  /** Whether players take its chroma planes. Monochrome (0) they do not. */
  boolean has420() {
    return chromaFormatIdc == CHROMA_420;
  }

  /** Width of a picture with so many lines; it and its height are even. */
  int widthFor(int lines) {
    return width <= height ? lines : evenNear((double) width * lines / height);
  }

  /** Height of a picture with so many lines. */
  int heightFor(int lines) {
    return width <= height ? evenNear((double) height * lines / width) : lines;
  }

  /** A sample aspect ratio within a percent of square is an encoder's rounding. */
  private static int shownWidth(Track.Video track) {
    double aspect = (double) track.sarWidth() / Math.max(1, track.sarHeight());
    return Math.abs(aspect - 1) < 0.01 ? track.width() : (int) Math.rint(track.width() * aspect);
  }

  private static int evenBelow(int pixels) {
    return Math.max(2, pixels & ~1);
  }

  private static int evenNear(double pixels) {
    return Math.max(2, 2 * (int) Math.rint(pixels / 2));
  }
}
