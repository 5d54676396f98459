package dev.millrace.media.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class Av1ConfigurationTest {
  /** SVT-AV1 1.4.1, 426x240. */
  static final Bytes MAIN = Bytes.fromHex("0a0b000000043ea7bcfbf90040");

  /** libaom, 426x240, 4:2:2, 10 bit, BT.2020 with PQ. */
  static final Bytes PROFESSIONAL = Bytes.fromHex("0a0e400000043ea7bcdaf94848804880");

  private static final Bytes DELIMITER = Bytes.fromHex("1200");

  @Test
  void readsWhatAnEncoderForLiveUseWrites() {
    Av1SequenceHeader header = Av1Obus.readSequenceHeader(Bytes.concat(List.of(DELIMITER, MAIN)));
    assertThat(header.width() + "x" + header.height()).isEqualTo("426x240");
    assertThat(header.bitDepth()).isEqualTo(8);
    assertThat(header.chromaFormatIdc()).isEqualTo(1);
    assertThat(header.colour()).isEmpty();
    assertThat(header.codecs()).isEqualTo("av01.0.00M.08");
  }

  @Test
  void readsDepthChromaAndColour() {
    Av1SequenceHeader header = Av1Obus.readSequenceHeader(PROFESSIONAL);
    assertThat(header.width() + "x" + header.height()).isEqualTo("426x240");
    assertThat(header.bitDepth()).isEqualTo(10);
    assertThat(header.chromaFormatIdc()).isEqualTo(2);
    assertThat(header.colour()).hasValue(new ColourDescription(9, 16, 9, false));
    assertThat(header.codecs()).isEqualTo("av01.2.00M.10");
  }

  /** §5.5.1 by hand: two operating points with decoder model, display delay, tier and timing. */
  @Test
  void readsTimingTierAndSeveralOperatingPoints() {
    Bytes payload =
        new Syntax()
            .u(3, 0)
            .bits("0 0") // still_picture, reduced_still_picture_header
            .bits("1") // timing_info_present_flag
            .u(32, 1001)
            .u(32, 60_000)
            .bits("1") // equal_picture_interval
            .ue(1) // num_ticks_per_picture_minus_1
            .bits("1") // decoder_model_info_present_flag
            .u(5, 9)
            .u(32, 1)
            .u(5, 9)
            .u(5, 9)
            .bits("1") // initial_display_delay_present_flag
            .u(5, 1) // operating_points_cnt_minus_1
            .u(12, 0x301)
            .u(5, 13) // level 5.1
            .bits("1") // high tier
            .bits("1") // decoder_model_present_for_this_op
            .u(10, 1)
            .u(10, 2)
            .bits("0")
            .bits("1") // initial_display_delay_present_for_this_op
            .u(4, 3)
            .u(12, 0x101)
            .u(5, 4) // level 3.0: no tier
            .bits("0 0")
            .u(4, 11)
            .u(4, 11)
            .u(12, 3839)
            .u(12, 2159)
            .bits("1") // frame_id_numbers_present_flag
            .u(4, 0)
            .u(3, 0)
            .bits("000 0000") // superblock, filters, compound, motion
            .bits("1 00") // enable_order_hint
            .bits("0 1") // seq_force_screen_content_tools 1
            .bits("0 1") // seq_force_integer_mv
            .u(3, 6)
            .bits("000")
            .bits("1") // high_bitdepth
            .bits("1") // mono_chrome
            .bits("0") // color_description_present_flag
            .bits("1") // color_range
            .bits("0") // film_grain_params_present
            .behind();
    Av1SequenceHeader header = Av1SequenceHeader.read(payload);
    assertThat(header.codecs()).isEqualTo("av01.0.13H.10");
    assertThat(header.width() + "x" + header.height()).isEqualTo("3840x2160");
    assertThat(header.timing()).hasValue(new VideoTiming(1001, 60_000, 2, true));
    assertThat(header.monochrome()).isTrue();
    assertThat(header.chromaFormatIdc()).isZero();
  }

  @Test
  void readsTheReducedHeaderOfStillPictures() {
    Bytes payload =
        new Syntax()
            .u(3, 1) // seq_profile: 4:4:4
            .bits("1 1")
            .u(5, 8)
            .u(4, 5)
            .u(4, 5)
            .u(6, 63)
            .u(6, 31)
            .bits("000 000")
            .bits("0") // high_bitdepth
            .bits("1") // color_description_present_flag
            .u(8, 1)
            .u(8, 13)
            .u(8, 0) // sRGB: full range, 4:4:4
            .bits("0 0")
            .behind();
    Av1SequenceHeader header = Av1SequenceHeader.read(payload);
    assertThat(header.codecs()).isEqualTo("av01.1.08M.08");
    assertThat(header.width() + "x" + header.height()).isEqualTo("64x32");
    assertThat(header.chromaFormatIdc()).isEqualTo(3);
    assertThat(header.colour()).hasValue(new ColourDescription(1, 13, 0, true));
  }

  @Test
  void writesTheRecordOfItsSequenceHeader() {
    Bytes av1C = Av1Configuration.of(MAIN).write();
    assertThat(av1C.hex()).isEqualTo("81000c00" + MAIN.hex());
    assertThat(Av1Configuration.read(av1C)).isEqualTo(Av1Configuration.of(MAIN));
    assertThat(Av1Configuration.of(PROFESSIONAL).write().hex()).startsWith("81404800");
  }

  @Test
  void makesTrack() {
    Bytes av1C = Av1Configuration.of(MAIN).write();
    assertThat(Tracks.av1(0, av1C, OptionalDouble.of(30)))
        .isEqualTo(
            new Track.Video(
                0,
                Track.VideoCodec.AV1,
                "av01.0.00M.08",
                av1C,
                426,
                240,
                1,
                1,
                OptionalDouble.of(30),
                false));
  }

  @Test
  void samplesHaveNoDelimitersAndNoPadding() {
    Bytes frame = Bytes.fromHex("320431323334");
    Bytes padding = Bytes.fromHex("7a020080");
    Bytes unit = Bytes.concat(List.of(DELIMITER, MAIN, padding, frame));
    assertThat(Av1Obus.sample(unit)).isEqualTo(Bytes.concat(List.of(MAIN, frame)));
    Bytes unsized = Bytes.fromHex("3031323334");
    assertThat(Av1Obus.sample(unsized)).isEqualTo(unsized);
  }

  @Test
  void refusesWhatIsMalformed() {
    assertThatThrownBy(() -> Av1Configuration.read(Bytes.fromHex("01000c00")))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("marker");
    assertThatThrownBy(() -> Av1Configuration.of(DELIMITER))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("no AV1 sequence header");
    assertThatThrownBy(() -> Av1Obus.sample(Bytes.fromHex("32053132")))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("obu_size 5");
    assertThatThrownBy(() -> Av1Obus.sample(Bytes.fromHex("32ffffffffffffffffff")))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("does not end");
  }
}
