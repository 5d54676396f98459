package dev.millrace.media.cmaf;

import dev.millrace.media.Track;
import dev.millrace.media.codec.Av1Configuration;
import dev.millrace.media.codec.AvcDecoderConfiguration;
import dev.millrace.media.codec.AvcSps;
import dev.millrace.media.codec.ColourDescription;
import dev.millrace.media.codec.HevcDecoderConfiguration;
import dev.millrace.media.codec.HevcSps;
import java.util.Optional;

/**
 * Writes a VisualSampleEntry (ISO/IEC 14496-12 §12.1.3): avc1 with avcC, hvc1 with hvcC (ISO/IEC
 * 14496-15 §5.4.2, §8.4.1) or av01 with av1C (AV1 Codec ISO Media File Format Binding §2.2), with
 * pasp and colr where the stream tells them.
 */
final class VideoSampleEntry {
  private static final int DPI_72 = 0x0048_0000;
  private static final int DEPTH_COLOUR = 0x0018;

  private VideoSampleEntry() {}

  static void write(BoxWriter out, Track.Video track) {
    out.box(
        switch (track.codec()) {
          case AVC -> "avc1";
          case HEVC -> "hvc1";
          case AV1 -> "av01";
        },
        () -> {
          out.zeros(6).u16(1); // data_reference_index
          out.zeros(16); // pre_defined, reserved
          out.u16(track.width()).u16(track.height());
          out.u32(DPI_72).u32(DPI_72).zeros(4);
          out.u16(1); // frame_count
          out.zeros(32); // compressorname
          out.u16(DEPTH_COLOUR).u16(0xFFFF); // depth, pre_defined = -1
          out.box(
              switch (track.codec()) {
                case AVC -> "avcC";
                case HEVC -> "hvcC";
                case AV1 -> "av1C";
              },
              () -> out.bytes(track.configuration()));
          colour(track).ifPresent(colour -> writeColr(out, colour));
          if (track.sarWidth() != track.sarHeight()) {
            // PixelAspectRatioBox §12.1.4
            out.box("pasp", () -> out.u32(track.sarWidth()).u32(track.sarHeight()));
          }
        });
  }

  /** ColourInformationBox §12.1.5, on-screen colours. */
  private static void writeColr(BoxWriter out, ColourDescription colour) {
    out.box(
        "colr",
        () ->
            out.fourCc("nclx")
                .u16(colour.primaries())
                .u16(colour.transfer())
                .u16(colour.matrix())
                .u8(colour.fullRange() ? 0x80 : 0));
  }

  private static Optional<ColourDescription> colour(Track.Video track) {
    return switch (track.codec()) {
      case AVC ->
          AvcSps.read(AvcDecoderConfiguration.read(track.configuration()).sps().getFirst())
              .colour();
      case HEVC ->
          HevcSps.read(HevcDecoderConfiguration.read(track.configuration()).sps().getFirst())
              .colour();
      case AV1 -> Av1Configuration.read(track.configuration()).sequenceHeader().colour();
    };
  }
}
