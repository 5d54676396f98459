package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.Optional;

/** Reads {@code seq_parameter_set_rbsp()} in the order of ISO/IEC 23008-2 §7.3.2.2.1. */
final class HevcSpsReader {
  private static final String WHERE = "SPS (ISO/IEC 23008-2 §7.3.2.2.1)";
  private static final int SPS_TYPE = 33;

  /** Sides at level 7.2 are at most sqrt(8 * MaxLumaPs), MaxLumaPs 142606336 (§A.4.1). */
  private static final int MAX_SIDE = 33_776;

  private static final int MAX_SHORT_TERM_REF_PIC_SETS = 64;
  private static final int MAX_LONG_TERM_REF_PICS = 32;

  private final BitReader in;
  private int chromaFormatIdc;
  private boolean separateColourPlanes;
  private boolean fieldSequence;

  private HevcSpsReader(BitReader in) {
    this.in = in;
  }

  static HevcSps read(Bytes nal) {
    BitReader in = BitReader.ofRbsp(nal, 2, WHERE);
    int type = nal.u8(0) >> 1 & 0x3F;
    if (type != SPS_TYPE) {
      throw ProtocolException.malformed("NAL unit of type " + type + ", expected 33, " + WHERE);
    }
    return new HevcSpsReader(in).read();
  }

  private HevcSps read() {
    in.skip(4); // sps_video_parameter_set_id
    int maxSubLayersMinus1 = in.u(3);
    if (maxSubLayersMinus1 > 6) {
      throw ProtocolException.malformed("sps_max_sub_layers_minus1 7, must be 0..6, " + WHERE);
    }
    in.skip(1); // sps_temporal_id_nesting_flag
    HevcProfileTierLevel profileTierLevel = HevcProfileTierLevel.read(in, maxSubLayersMinus1);
    in.ue("sps_seq_parameter_set_id", 15);
    chromaFormatIdc = in.ue("chroma_format_idc", 3);
    if (chromaFormatIdc == 3) {
      separateColourPlanes = in.flag();
    }
    int codedWidth = readSide("pic_width_in_luma_samples");
    int codedHeight = readSide("pic_height_in_luma_samples");
    Cropping window = in.flag() ? readConformanceWindow() : Cropping.NONE;
    int bitDepthLuma = 8 + in.ue("bit_depth_luma_minus8", 8);
    int bitDepthChroma = 8 + in.ue("bit_depth_chroma_minus8", 8);
    int maxNumReorderPics = readToVui(maxSubLayersMinus1);
    VideoUsability common = VideoUsability.NONE;
    Optional<VideoTiming> timing = Optional.empty();
    if (in.flag()) { // vui_parameters_present_flag
      common = VideoUsability.read(in);
      timing = readVuiTiming();
    }
    return new HevcSps(
        profileTierLevel,
        chromaFormatIdc,
        bitDepthLuma,
        bitDepthChroma,
        codedWidth,
        codedHeight,
        window.shownWidth(codedWidth, WHERE),
        window.shownHeight(codedHeight, WHERE),
        maxNumReorderPics,
        common.aspectRatio().width(),
        common.aspectRatio().height(),
        fieldSequence || profileTierLevel.interlacedSource(),
        common.colour(),
        timing);
  }

  private int readSide(String field) {
    int side = in.ue(field, MAX_SIDE);
    if (side == 0) {
      throw ProtocolException.malformed(field + " 0, must be 1.." + MAX_SIDE + ", " + WHERE);
    }
    return side;
  }

  /** Offsets count SubWidthC and SubHeightC luma samples (§7.4.3.2.1, Table 6-1). */
  private Cropping readConformanceWindow() {
    int chromaArrayType = separateColourPlanes ? 0 : chromaFormatIdc;
    int unitX = chromaArrayType == 1 || chromaArrayType == 2 ? 2 : 1;
    int unitY = chromaArrayType == 1 ? 2 : 1;
    return Cropping.read(in, unitX, unitY);
  }

  /** From log2_max_pic_order_cnt_lsb_minus4 up to the VUI; gives sps_max_num_reorder_pics. */
  private int readToVui(int maxSubLayersMinus1) {
    int pocLsbBits = 4 + in.ue("log2_max_pic_order_cnt_lsb_minus4", 12);
    boolean allSubLayers = in.flag(); // sps_sub_layer_ordering_info_present_flag
    int maxNumReorderPics = 0;
    for (int i = allSubLayers ? 0 : maxSubLayersMinus1; i <= maxSubLayersMinus1; i++) {
      in.ue("sps_max_dec_pic_buffering_minus1", 15);
      maxNumReorderPics = in.ue("sps_max_num_reorder_pics", 15);
      in.skipUe(); // sps_max_latency_increase_plus1
    }
    in.skipUe(); // log2_min_luma_coding_block_size_minus3
    in.skipUe(); // log2_diff_max_min_luma_coding_block_size
    in.skipUe(); // log2_min_luma_transform_block_size_minus2
    in.skipUe(); // log2_diff_max_min_luma_transform_block_size
    in.skipUe(); // max_transform_hierarchy_depth_inter
    in.skipUe(); // max_transform_hierarchy_depth_intra
    if (in.flag()) { // scaling_list_enabled_flag
      skipScalingListData();
    }
    in.skip(2); // amp_enabled_flag, sample_adaptive_offset_enabled_flag
    if (in.flag()) { // pcm_enabled_flag
      in.skip(8); // pcm_sample_bit_depth_luma_minus1, pcm_sample_bit_depth_chroma_minus1
      in.skipUe(); // log2_min_pcm_luma_coding_block_size_minus3
      in.skipUe(); // log2_diff_max_min_pcm_luma_coding_block_size
      in.skip(1); // pcm_loop_filter_disabled_flag
    }
    int sets = in.ue("num_short_term_ref_pic_sets", MAX_SHORT_TERM_REF_PIC_SETS);
    HevcShortTermRefPicSet.skipAll(in, sets);
    if (in.flag()) { // long_term_ref_pics_present_flag
      int count = in.ue("num_long_term_ref_pics_sps", MAX_LONG_TERM_REF_PICS);
      in.skip(count * (pocLsbBits + 1)); // lt_ref_pic_poc_lsb_sps, used_by_curr_pic_lt_sps_flag
    }
    in.skip(2); // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
    return maxNumReorderPics;
  }

  /** §7.3.4. */
  private void skipScalingListData() {
    if (!in.flag()) { // sps_scaling_list_data_present_flag
      return;
    }
    for (int sizeId = 0; sizeId < 4; sizeId++) {
      for (int matrixId = 0; matrixId < 6; matrixId += sizeId == 3 ? 3 : 1) {
        if (!in.flag()) { // scaling_list_pred_mode_flag
          in.skipUe(); // scaling_list_pred_matrix_id_delta
          continue;
        }
        int coefficients = Math.min(64, 1 << (4 + (sizeId << 1)));
        if (sizeId > 1) {
          in.skipUe(); // scaling_list_dc_coef_minus8
        }
        for (int i = 0; i < coefficients; i++) {
          in.skipUe(); // scaling_list_delta_coef
        }
      }
    }
  }

  /** §E.2.1 from neutral_chroma_indication_flag to vui_time_scale. */
  private Optional<VideoTiming> readVuiTiming() {
    in.skip(1); // neutral_chroma_indication_flag
    fieldSequence = in.flag();
    in.skip(1); // frame_field_info_present_flag
    if (in.flag()) { // default_display_window_flag
      for (int side = 0; side < 4; side++) {
        in.skipUe();
      }
    }
    if (!in.flag()) { // vui_timing_info_present_flag
      return Optional.empty();
    }
    return readTiming(in);
  }

  /** The two numbers that VUI and VPS have in common. */
  static Optional<VideoTiming> readTiming(BitReader in) {
    long numUnitsInTick = in.u32();
    long timeScale = in.u32();
    return numUnitsInTick > 0 && timeScale > 0
        ? Optional.of(new VideoTiming(numUnitsInTick, timeScale, 1, false))
        : Optional.empty();
  }
}
