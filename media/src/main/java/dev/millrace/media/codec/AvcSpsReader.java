package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads {@code seq_parameter_set_data()} in the order of ISO/IEC 14496-10 §7.3.2.1.1. */
final class AvcSpsReader {
  private static final String WHERE = "SPS (ISO/IEC 14496-10 §7.3.2.1.1)";
  private static final int SPS_TYPE = 7;

  /** Level 6.2: MaxFS is 139264 macroblocks, and neither side above sqrt(8 MaxFS) (Table A-1). */
  private static final int MAX_SIDE_MBS = 1055;

  private static final int MAX_FRAME_MBS = 139_264;

  private final BitReader in;
  private int chromaFormatIdc = 1;
  private boolean separateColourPlanes;
  private int bitDepthLuma = 8;
  private int bitDepthChroma = 8;

  private AvcSpsReader(BitReader in) {
    this.in = in;
  }

  static AvcSps read(Bytes nal) {
    BitReader in = BitReader.ofRbsp(nal, 1, WHERE);
    int type = nal.u8(0) & 0x1F;
    if (type != SPS_TYPE) {
      throw ProtocolException.malformed("NAL unit of type " + type + ", expected 7, " + WHERE);
    }
    return new AvcSpsReader(in).read();
  }

  private AvcSps read() {
    int profileIdc = in.u(8);
    int constraintFlags = in.u(8);
    int levelIdc = in.u(8);
    in.ue("seq_parameter_set_id", 31);
    if (AvcSps.PROFILES_WITH_CHROMA_FORMAT.contains(profileIdc)) {
      readChromaFormat();
    }
    in.ue("log2_max_frame_num_minus4", 12);
    int picOrderCntType = readPicOrderCnt();
    in.ue("max_num_ref_frames", 16);
    in.skip(1); // gaps_in_frame_num_value_allowed_flag
    int widthMbs = in.ue("pic_width_in_mbs_minus1", MAX_SIDE_MBS - 1) + 1;
    int heightMapUnits = in.ue("pic_height_in_map_units_minus1", MAX_SIDE_MBS - 1) + 1;
    boolean frameMbsOnly = in.flag();
    int heightMbs = (frameMbsOnly ? 1 : 2) * heightMapUnits;
    if (widthMbs * heightMbs > MAX_FRAME_MBS) {
      throw ProtocolException.limit(
          "frame of "
              + widthMbs
              + "x"
              + heightMbs
              + " macroblocks, at most "
              + MAX_FRAME_MBS
              + " are allowed in any level (Table A-1), "
              + WHERE);
    }
    if (!frameMbsOnly) {
      in.skip(1); // mb_adaptive_frame_field_flag
    }
    in.skip(1); // direct_8x8_inference_flag
    Cropping crop = in.flag() ? readCropping(frameMbsOnly) : Cropping.NONE;
    Vui vui = in.flag() ? readVui() : Vui.ABSENT;
    int codedWidth = widthMbs * 16;
    int codedHeight = heightMbs * 16;
    return new AvcSps(
        profileIdc,
        constraintFlags,
        levelIdc,
        chromaFormatIdc,
        bitDepthLuma,
        bitDepthChroma,
        picOrderCntType,
        codedWidth,
        codedHeight,
        crop.left(),
        crop.top(),
        crop.shownWidth(codedWidth, WHERE),
        crop.shownHeight(codedHeight, WHERE),
        vui.common.aspectRatio().width(),
        vui.common.aspectRatio().height(),
        !frameMbsOnly,
        vui.common.colour(),
        vui.timing,
        vui.maxNumReorderFrames);
  }

  private void readChromaFormat() {
    chromaFormatIdc = in.ue("chroma_format_idc", 3);
    if (chromaFormatIdc == 3) {
      separateColourPlanes = in.flag();
    }
    bitDepthLuma = 8 + in.ue("bit_depth_luma_minus8", 6);
    bitDepthChroma = 8 + in.ue("bit_depth_chroma_minus8", 6);
    in.skip(1); // qpprime_y_zero_transform_bypass_flag
    if (in.flag()) { // seq_scaling_matrix_present_flag
      int lists = chromaFormatIdc == 3 ? 12 : 8;
      for (int i = 0; i < lists; i++) {
        if (in.flag()) {
          skipScalingList(i < 6 ? 16 : 64);
        }
      }
    }
  }

  /** §7.3.2.1.1.1. */
  private void skipScalingList(int size) {
    int lastScale = 8;
    for (int j = 0; j < size; j++) {
      int nextScale = (lastScale + in.se()) & 0xFF;
      if (nextScale == 0) {
        return; // the rest of the list repeats the last value, without further bits
      }
      lastScale = nextScale;
    }
  }

  private int readPicOrderCnt() {
    int type = in.ue("pic_order_cnt_type", 2);
    if (type == 0) {
      in.ue("log2_max_pic_order_cnt_lsb_minus4", 12);
    } else if (type == 1) {
      in.skip(1); // delta_pic_order_always_zero_flag
      in.skipUe(); // offset_for_non_ref_pic
      in.skipUe(); // offset_for_top_to_bottom_field
      int count = in.ue("num_ref_frames_in_pic_order_cnt_cycle", 255);
      for (int i = 0; i < count; i++) {
        in.skipUe(); // offset_for_ref_frame
      }
    }
    return type;
  }

  /**
   * Offsets count crop units, which depend on chroma format and frame_mbs_only_flag (§7.4.2.1.1).
   */
  private Cropping readCropping(boolean frameMbsOnly) {
    int chromaArrayType = separateColourPlanes ? 0 : chromaFormatIdc;
    int unitX = chromaArrayType == 1 || chromaArrayType == 2 ? 2 : 1;
    int unitY = (chromaArrayType == 1 ? 2 : 1) * (frameMbsOnly ? 1 : 2);
    return Cropping.read(in, unitX, unitY);
  }

  /** §E.1.1. */
  private Vui readVui() {
    VideoUsability common = VideoUsability.read(in);
    Optional<VideoTiming> timing = Optional.empty();
    if (in.flag()) { // timing_info_present_flag
      long numUnitsInTick = in.u32();
      long timeScale = in.u32();
      boolean fixed = in.flag();
      if (numUnitsInTick > 0 && timeScale > 0) {
        timing = Optional.of(new VideoTiming(numUnitsInTick, timeScale, 2, fixed));
      }
    }
    return new Vui(common, timing, readMaxNumReorderFrames());
  }

  /**
   * The rest of the VUI is advice. Hardware encoders are known to cut it short (ffmpeg reads on
   * with "Truncated VUI"); the pictures are none the worse for it, so it then counts as absent.
   */
  private OptionalInt readMaxNumReorderFrames() {
    try {
      boolean nalHrd = in.flag();
      if (nalHrd) {
        skipHrd();
      }
      boolean vclHrd = in.flag();
      if (vclHrd) {
        skipHrd();
      }
      if (nalHrd || vclHrd) {
        in.skip(1); // low_delay_hrd_flag
      }
      in.skip(1); // pic_struct_present_flag
      return in.flag() ? readBitstreamRestriction() : OptionalInt.empty();
    } catch (ProtocolException _) {
      return OptionalInt.empty();
    }
  }

  private OptionalInt readBitstreamRestriction() {
    in.skip(1); // motion_vectors_over_pic_boundaries_flag
    in.skipUe(); // max_bytes_per_pic_denom
    in.skipUe(); // max_bits_per_mb_denom
    in.skipUe(); // log2_max_mv_length_horizontal
    in.skipUe(); // log2_max_mv_length_vertical
    int frames = in.ue("max_num_reorder_frames", 16);
    in.skipUe(); // max_dec_frame_buffering
    return OptionalInt.of(frames);
  }

  /** §E.1.2. */
  private void skipHrd() {
    int count = in.ue("cpb_cnt_minus1", 31) + 1;
    in.skip(8); // bit_rate_scale, cpb_size_scale
    for (int i = 0; i < count; i++) {
      in.skipUe(); // bit_rate_value_minus1
      in.skipUe(); // cpb_size_value_minus1
      in.skip(1); // cbr_flag
    }
    in.skip(20); // three lengths minus 1, time_offset_length
  }

  private record Vui(
      VideoUsability common, Optional<VideoTiming> timing, OptionalInt maxNumReorderFrames) {
    static final Vui ABSENT = new Vui(VideoUsability.NONE, Optional.empty(), OptionalInt.empty());
  }
}
