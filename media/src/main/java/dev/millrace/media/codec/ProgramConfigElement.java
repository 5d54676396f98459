package dev.millrace.media.codec;

import dev.millrace.media.ProtocolException;

/**
 * A program_config_element() (ISO/IEC 14496-3 §4.4.1.1, Table 4.2), which lists channels by hand.
 */
final class ProgramConfigElement {
  private ProgramConfigElement() {}

  /** Reads one, its comment included; gives the number of channels it lists. */
  static int readChannels(BitReader in) {
    in.skip(4 + 2 + 4); // element_instance_tag, object_type, sampling_frequency_index
    int front = in.u(4);
    int side = in.u(4);
    int back = in.u(4);
    int lfe = in.u(2);
    int associatedData = in.u(3);
    int validCoupling = in.u(4);
    if (in.flag()) { // mono_mixdown_present
      in.skip(4);
    }
    if (in.flag()) { // stereo_mixdown_present
      in.skip(4);
    }
    if (in.flag()) { // matrix_mixdown_idx_present
      in.skip(3);
    }
    int channels = lfe;
    for (int i = 0; i < front + side + back; i++) {
      channels += in.flag() ? 2 : 1; // is_cpe: a pair of channels
      in.skip(4);
    }
    in.skip(4 * lfe + 4 * associatedData + 5 * validCoupling);
    in.alignToByte(); // relative to the start of the AudioSpecificConfig
    in.skip(8 * in.u(8)); // comment_field_data
    if (channels == 0) {
      throw ProtocolException.malformed(
          "program_config_element without channels (ISO/IEC 14496-3 §4.4.1.1)");
    }
    return channels;
  }
}
