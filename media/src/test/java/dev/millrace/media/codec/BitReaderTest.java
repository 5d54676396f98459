package dev.millrace.media.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import org.junit.jupiter.api.Test;

class BitReaderTest {
  @Test
  void readsBitsAcrossByteBorders() {
    BitReader in = BitReader.of(Bytes.fromHex("a5 3c ff ff ff ff 01"), "test");
    assertThat(in.u(3)).isEqualTo(0b101);
    assertThat(in.u(9)).isEqualTo(0b0_0101_0011);
    assertThat(in.flag()).isTrue();
    assertThat(in.u(3)).isEqualTo(0b100);
    assertThat(in.u32()).isEqualTo(0xFFFF_FFFFL);
    assertThat(in.remainingBits()).isEqualTo(8);
    assertThat(in.u(0)).isZero();
  }

  @Test
  void readsExpGolombCodesOfTable92() {
    // ISO/IEC 14496-10 Table 9-2: 1, 010, 011, 00100, 00101, 00110, 00111, 0001000
    Bytes codes = new Syntax().bits("1 010 011 00100 00101 00110 00111 0001000").behind();
    BitReader in = BitReader.of(codes, "test");
    for (int expected = 0; expected < 8; expected++) {
      assertThat(in.ue("value", 7)).isEqualTo(expected);
    }
  }

  @Test
  void readsSignedExpGolombCodesOfTable93() {
    BitReader in = BitReader.of(new Syntax().bits("1 010 011 00100 00101").behind(), "test");
    assertThat(new int[] {in.se(), in.se(), in.se(), in.se(), in.se()})
        .containsExactly(0, 1, -1, 2, -2);
  }

  @Test
  void readsTheLongestExpGolombCode() {
    BitReader in = BitReader.of(new Syntax().ue(0xFFFF_FFFEL).u(1, 1).behind(), "test");
    in.skipUe();
    assertThat(in.flag()).isTrue();
  }

  @Test
  void refusesExpGolombCodeBeyond32LeadingZeros() {
    BitReader in = BitReader.of(Bytes.fromHex("0000000000000001"), "test");
    assertThatThrownBy(in::skipUe)
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("more than 32 leading zeros");
  }

  @Test
  void refusesValueAboveTheFieldsLimit() {
    BitReader in = BitReader.of(new Syntax().ue(32).behind(), "SPS");
    assertThatThrownBy(() -> in.ue("seq_parameter_set_id", 31))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("seq_parameter_set_id 32, must be 0..31 (SPS)");
  }

  @Test
  void refusesToReadPastTheEnd() {
    BitReader in = BitReader.of(Bytes.of(0xFF), "SPS");
    in.skip(5);
    assertThatThrownBy(() -> in.u(4))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("SPS ends too early: 4 bits wanted, 3 left");
  }

  @Test
  void removesEmulationPreventionBytes() {
    // 00 00 03 01 and 00 00 03 at the end are emulation prevention; 00 03 is not.
    BitReader in = BitReader.ofRbsp(Bytes.fromHex("67 000003 01 0003 ff 000003"), 1, "test");
    assertThat(in.remainingBits()).isEqualTo(8 * 8);
    assertThat(in.u32()).isEqualTo(0x0000_0100L);
    assertThat(in.u32()).isEqualTo(0x03FF_0000L);
  }

  @Test
  void keepsThreeAfterThreeZerosOnlyOnce() {
    // 00 00 03 00 00 03 00: each pair of zeros starts anew after a removed byte.
    BitReader in = BitReader.ofRbsp(Bytes.fromHex("67 00000300000300"), 1, "test");
    assertThat(in.remainingBits()).isEqualTo(5 * 8);
    assertThat(in.u32()).isZero();
  }

  @Test
  void looksAheadWithoutReading() {
    BitReader in = BitReader.of(Bytes.fromHex("56e5"), "test");
    assertThat(in.nextIs(11, 0x2B7)).isTrue();
    assertThat(in.nextIs(11, 0x2B6)).isFalse();
    assertThat(in.nextIs(17, 0)).isFalse();
    assertThat(in.remainingBits()).isEqualTo(16);
  }
}
