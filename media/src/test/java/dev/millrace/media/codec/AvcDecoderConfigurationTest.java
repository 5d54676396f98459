package dev.millrace.media.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.List;
import org.junit.jupiter.api.Test;

class AvcDecoderConfigurationTest {
  /** Version, profile, 4-byte lengths, one SPS of 26 bytes, one PPS of 5, chroma 1 and 8 bits. */
  static final Bytes HIGH =
      Bytes.fromHex(
          "01 64001e ff e1 001a 6764001eacd940d83de6f011000003000100000300300f162d96"
              + " 01 0005 68ebecb22c fd f8 f8 00");

  @Test
  void readsRecordOfX264() {
    AvcDecoderConfiguration read = AvcDecoderConfiguration.read(HIGH);
    assertThat(read.lengthSize()).isEqualTo(4);
    assertThat(read.sps())
        .containsExactly(Bytes.fromHex("6764001eacd940d83de6f011000003000100000300300f162d96"));
    assertThat(read.pps()).containsExactly(Bytes.fromHex("68ebecb22c"));
    assertThat(read.codecs()).isEqualTo("avc1.64001e");
  }

  @Test
  void writesWhatItRead() {
    assertThat(AvcDecoderConfiguration.read(HIGH).write().hex()).isEqualTo(HIGH.hex());
    Bytes baseline =
        Bytes.fromHex(
            "0142c01effe100186742c01eda02d049b041000003000100000300320f162ea001000468ce0fc8");
    assertThat(AvcDecoderConfiguration.read(baseline).write().hex()).isEqualTo(baseline.hex());
  }

  @Test
  void correctsProfileAndMissingFormatFromTheSps() {
    // Profile bytes of another stream, reserved bits 0, and no chroma format at the end.
    Bytes sloppy =
        Bytes.concat(List.of(Bytes.fromHex("01 42001f 03 01"), HIGH.slice(6, HIGH.length() - 10)));
    AvcDecoderConfiguration read = AvcDecoderConfiguration.read(sloppy);
    assertThat(read.codecs()).isEqualTo("avc1.64001e");
    assertThat(read.write().hex()).isEqualTo(HIGH.hex());
  }

  @Test
  void writesBitDepthOfTheSps() {
    Bytes high422 =
        Bytes.fromHex(
            "017a001fffe1001b677a001fb6ce80a463c445e022000003000200000300c83e2c5d40"
                + "01000468de0fc8fefafa00");
    assertThat(AvcDecoderConfiguration.read(high422).write().hex()).isEqualTo(high422.hex());
  }

  @Test
  void readsTwoByteLengthsAndPassesOverEmptySets() {
    Bytes two = Bytes.fromHex("01 42c01e fd e2 0000 0004 6742c01e 02 0000 0004 68ce0fc8");
    AvcDecoderConfiguration read = AvcDecoderConfiguration.read(two);
    assertThat(read.lengthSize()).isEqualTo(2);
    assertThat(read.sps()).containsExactly(Bytes.fromHex("6742c01e"));
    assertThat(read.pps()).hasSize(1);
  }

  @Test
  void refusesOtherVersion() {
    assertRefused("02 64001e ff e1", "configurationVersion 2, must be 1");
    assertRefused("", "ends inside configurationVersion");
  }

  @Test
  void refusesThreeByteLengths() {
    assertRefused("01 64001e fe e1", "lengthSizeMinusOne 2, must be 0, 1 or 3");
  }

  @Test
  void refusesRecordWithoutParameterSets() {
    assertRefused("01 64001e ff e0 00", "no NAL unit of type 7");
    assertRefused("01 64001e ff e1 0004 6764001e 00", "no NAL unit of type 8");
  }

  @Test
  void refusesLengthBeyondTheRecord() {
    assertRefused("01 64001e ff e1 ffff 6764001e", "65535 bytes wanted at offset 8, 4 left");
  }

  @Test
  void refusesWrongAndShortNalUnits() {
    assertRefused("01 64001e ff e1 0004 6864001e 01 0001 68", "type 8, expected 7");
    assertRefused("01 64001e ff e1 0003 676400 01 0001 68", "3 bytes, needs 4");
  }

  private static void assertRefused(String hex, String message) {
    assertThatThrownBy(() -> AvcDecoderConfiguration.read(Bytes.fromHex(hex)))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining(message);
  }
}
