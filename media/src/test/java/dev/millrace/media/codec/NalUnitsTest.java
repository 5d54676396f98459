package dev.millrace.media.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NalUnitsTest {
  private static final Track.Video AVC =
      Tracks.avc(0, AvcDecoderConfigurationTest.HIGH, OptionalDouble.empty());
  private static final Track.Video HEVC =
      Tracks.hevc(0, HevcDecoderConfigurationTest.INCOMPLETE, OptionalDouble.empty());

  @ParameterizedTest
  @CsvSource({"1, 02 0910 01 65", "2, 0002 0910 0001 65", "4, 00000002 0910 00000001 65"})
  void splitsSampleAtItsLengths(int lengthSize, String hex) {
    assertThat(NalUnits.lengthPrefixed(Bytes.fromHex(hex), lengthSize))
        .containsExactly(Bytes.fromHex("0910"), Bytes.fromHex("65"));
  }

  @Test
  void givesNothingForAnEmptySample() {
    assertThat(NalUnits.lengthPrefixed(Bytes.EMPTY, 4)).isEmpty();
    assertThat(NalUnits.isRandomAccess(AVC, Bytes.EMPTY)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "00000003 0910, NAL unit length 3 at offset 0 of a sample of 6 bytes",
    "00000000 0910, NAL unit length 0",
    "ffffffff 0910, NAL unit length 4294967295",
    "00000002 0910 000000, NAL unit length cut off at offset 6",
    "00000001, NAL unit length 1 at offset 0",
  })
  void refusesLengthsThatDoNotAddUp(String hex, String message) {
    assertThatThrownBy(() -> NalUnits.lengthPrefixed(Bytes.fromHex(hex), 4))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining(message);
    assertThat(NalUnits.isIntact(AVC, Bytes.fromHex(hex))).isFalse();
  }

  @Test
  void lengthsThatAddUpAreIntact() {
    assertThat(NalUnits.isIntact(AVC, Bytes.fromHex("00000002 0910 00000001 65"))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "AUD and IDR, 000000020910 0000000265b8, true",
    "SPS PPS SEI IDR, 0000000167 0000000168 0000000106 0000000265b8, true",
    "I slice, 000000020910 0000000241b8, false",
    "'recovery point SEI and I slice (open GOP)', 0000000406060180 0000000241b8, false",
    "slice data partition A, 0000000242b8, false",
    "no slice, 000000020910, false",
  })
  void takesOnlyIdrForRandomAccessInAvc(String name, String hex, boolean expected) {
    assertThat(NalUnits.isRandomAccess(AVC, Bytes.fromHex(hex))).as(name).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "IDR_W_RADL, 000000022601, true",
    "IDR_N_LP behind VPS SPS PPS, 000000024001 000000024201 000000024401 000000022801, true",
    "CRA_NUT, 000000022a01, false",
    "BLA_W_LP, 000000022001, false",
    "TRAIL_R, 000000020201, false",
    "RASL_N, 000000021001, false",
    "AUD only, 000000024601, false",
  })
  void takesOnlyIdrForRandomAccessInHevc(String name, String hex, boolean expected) {
    assertThat(NalUnits.isRandomAccess(HEVC, Bytes.fromHex(hex))).as(name).isEqualTo(expected);
  }
}
