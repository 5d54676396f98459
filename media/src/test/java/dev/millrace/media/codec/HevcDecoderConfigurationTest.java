package dev.millrace.media.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import org.junit.jupiter.api.Test;

class HevcDecoderConfigurationTest {
  private static final String SPS =
      "42010101600000030090000003000003003fa005020171f2e595952930bffc14041401a708000003000800000300c040";
  private static final String HEAD = "01 01 60000000 900000000000 3f f000 fc fd f8 f8 0000 0f";

  /**
   * The record of shared/media/hevc_640x360.mp4, with a short SEI, as ffmpeg writes it into FLV.
   */
  static final Bytes INCOMPLETE =
      Bytes.fromHex(
          HEAD
              + "04 20 0001 0018 40010c01ffff01600000030090000003000003003f959409"
              + ("21 0001 0030" + SPS)
              + "22 0001 0006 4401c073c189"
              + "27 0001 0003 4e0105");

  @Test
  void readsRecordOfFfmpeg() {
    HevcDecoderConfiguration read = HevcDecoderConfiguration.read(INCOMPLETE);
    assertThat(read.lengthSize()).isEqualTo(4);
    assertThat(read.vps()).hasSize(1);
    assertThat(read.sps()).containsExactly(Bytes.fromHex(SPS));
    assertThat(read.pps()).containsExactly(Bytes.fromHex("4401c073c189"));
    assertThat(read.codecs()).isEqualTo("hvc1.1.6.L63.90");
  }

  @Test
  void makesTheSameRecordOfParameterSets() {
    HevcDecoderConfiguration read = HevcDecoderConfiguration.read(INCOMPLETE);
    HevcDecoderConfiguration made =
        HevcDecoderConfiguration.of(4, read.vps(), read.sps(), read.pps());
    // All but min_spatial_segmentation_idc and parallelismType, which only the VUI and slices tell.
    assertThat(made.record().slice(0, 13)).isEqualTo(INCOMPLETE.slice(0, 13));
    assertThat(made.record().slice(15, 7)).isEqualTo(INCOMPLETE.slice(15, 7));
    assertThat(made.corrected()).isEqualTo(made.record());
    HevcDecoderConfiguration again = HevcDecoderConfiguration.read(made.record());
    assertThat(again).isEqualTo(made);
  }

  @Test
  void setsArrayCompletenessOfParameterSetsAsHvc1Prescribes() {
    String expected =
        INCOMPLETE
            .hex()
            .replace("0420000100", "04a0000100")
            .replace("210001003042", "a10001003042")
            .replace("2200010006", "a200010006");
    Bytes corrected = HevcDecoderConfiguration.read(INCOMPLETE).corrected();
    assertThat(corrected.hex()).isEqualTo(expected);
    assertThat(HevcDecoderConfiguration.read(corrected).corrected()).isSameAs(corrected);
  }

  @Test
  void takesProfileAndLevelFromTheSps() {
    byte[] wrong = INCOMPLETE.toArray();
    wrong[0] = 0;
    wrong[1] = 2;
    wrong[12] = 120;
    HevcDecoderConfiguration read = HevcDecoderConfiguration.read(Bytes.wrap(wrong));
    assertThat(read.codecs()).isEqualTo("hvc1.1.6.L63.90");
    assertThat(read.corrected().slice(0, 13)).isEqualTo(INCOMPLETE.slice(0, 13));
  }

  @Test
  void refusesMalformedRecords() {
    assertRefused("02", "configurationVersion 2");
    assertRefused(HEAD.substring(0, HEAD.length() - 2) + "0e 00", "lengthSizeMinusOne 2");
    assertRefused(HEAD + "00", "no VPS");
    assertRefused(HEAD + "01 a1 0001 0003 400105", "type 32, expected 33");
    assertRefused(HEAD + "01 a1 ffff 0003 420105", "ends inside NAL unit length");
    assertRefused(HEAD + "01 a1 0001 0030 420105", "48 bytes wanted");
    assertRefused(HEAD, "ends inside numOfArrays");
  }

  private static void assertRefused(String hex, String message) {
    assertThatThrownBy(() -> HevcDecoderConfiguration.read(Bytes.fromHex(hex)))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining(message);
  }
}
