package dev.millrace.media.codec;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.Optional;

/**
 * An H.265 video parameter set (ISO/IEC 23008-2 §7.3.2.1), of which a packager needs the timing
 * where the SPS has none. Immutable.
 */
record HevcVps(Optional<VideoTiming> timing) {
  private static final String WHERE = "VPS (ISO/IEC 23008-2 §7.3.2.1)";
  private static final int VPS_TYPE = 32;

  /**
   * Reads a NAL unit of type 32, its header included.
   *
   * @throws ProtocolException if it is malformed
   */
  static HevcVps read(Bytes nal) {
    BitReader in = BitReader.ofRbsp(nal, 2, WHERE);
    int type = nal.u8(0) >> 1 & 0x3F;
    if (type != VPS_TYPE) {
      throw ProtocolException.malformed("NAL unit of type " + type + ", expected 32, " + WHERE);
    }
    in.skip(4 + 2 + 6); // vps_video_parameter_set_id, base layer flags, vps_max_layers_minus1
    int maxSubLayersMinus1 = in.u(3);
    if (maxSubLayersMinus1 > 6) {
      throw ProtocolException.malformed("vps_max_sub_layers_minus1 7, must be 0..6, " + WHERE);
    }
    in.skip(1 + 16); // vps_temporal_id_nesting_flag, vps_reserved_0xffff_16bits
    HevcProfileTierLevel.read(in, maxSubLayersMinus1);
    boolean allSubLayers = in.flag(); // vps_sub_layer_ordering_info_present_flag
    for (int i = allSubLayers ? 0 : maxSubLayersMinus1; i <= maxSubLayersMinus1; i++) {
      in.skipUe(); // vps_max_dec_pic_buffering_minus1
      in.skipUe(); // vps_max_num_reorder_pics
      in.skipUe(); // vps_max_latency_increase_plus1
    }
    int maxLayerId = in.u(6);
    int layerSetsMinus1 = in.ue("vps_num_layer_sets_minus1", 1023);
    in.skip(layerSetsMinus1 * (maxLayerId + 1)); // layer_id_included_flag
    boolean timingPresent = in.flag();
    return new HevcVps(timingPresent ? HevcSpsReader.readTiming(in) : Optional.empty());
  }
}
