package dev.millrace.media.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AvcSpsTest {
  /**
   * SPSs that libx264 wrote ({@code ffmpeg -f lavfi -i testsrc2 -c:v libx264}), and what ffprobe
   * says of the same files.
   */
  record Case(
      String name, String hex, String coded, String shown, String sar, double rate, String traits) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> spsOfRealEncoders() {
    return Stream.of(
        new Case(
            "1080p, 1088 coded, BT.709",
            "6742c028da01e0089f97016a020202800001f480007530078c1950",
            "1920x1088",
            "1920x1080",
            "1:1",
            30000 / 1001.0,
            "66 c0 40 4:2:0 8/8 progressive"),
        new Case(
            "1080i with HRD, crop unit of 4 lines",
            "674d4028f403c0227ef01100000300010000030032626000f424001e84e4c200f8b175",
            "1920x1088",
            "1920x1080",
            "1:1",
            25,
            "77 40 40 4:2:0 8/8 interlaced"),
        new Case(
            "1280x716 interlaced",
            "67640020acd940500bbf360220000003002000000643e2c5b2c0",
            "1280x736",
            "1280x716",
            "1:1",
            25,
            "100 00 32 4:2:0 8/8 interlaced"),
        new Case(
            "4:2:2, crop unit of 2x1",
            "677a001fbcb405217f113e0220000003002000000c81e30654",
            "656x368",
            "642x362",
            "1:1",
            50,
            "122 00 31 4:2:2 8/8 progressive"),
        new Case(
            "4:2:2 of 10 bits, interlaced, crop unit of 2x2",
            "677a001fb6ce80a463c445e022000003000200000300c83e2c5d40",
            "656x384",
            "642x364",
            "1:1",
            50,
            "122 00 31 4:2:2 10/10 interlaced"),
        new Case(
            "monochrome, crop unit of 1x1",
            "6764001ff2d01485fc7c4e02d9000003000100000300640f1832a0",
            "656x368",
            "642x360",
            "1:1",
            50,
            "100 00 31 4:0:0 8/8 progressive"),
        new Case(
            "4:4:4",
            "67f4001f919680a02ff89c0440000003004000001903c60ca8",
            "640x368",
            "640x360",
            "1:1",
            50,
            "244 00 31 4:4:4 8/8 progressive"),
        new Case(
            "NTSC with extended SAR",
            "6742c01eda02d0f6ffc00200024400000fa40003a9803c58ba80",
            "720x480",
            "720x480",
            "8:9",
            30000 / 1001.0,
            "66 c0 30 4:2:0 8/8 progressive"),
        new Case(
            "PAL with SAR of the table",
            "6742c01eda02d049b041000003000100000300320f162ea0",
            "720x576",
            "720x576",
            "16:11",
            25,
            "66 c0 30 4:2:0 8/8 progressive"),
        new Case(
            "portrait with odd crop (shared/media/portrait_odd_crop.flv)",
            "67640015acd94100df88e6a0c0c0c80000030010000003019078b16cb0",
            "256x432",
            "242x432",
            "1:1",
            12.5,
            "100 00 21 4:2:0 8/8 progressive"),
        new Case(
            "60 fps (shared/media/60fps_4slices_mono44k.flv)",
            "6742c01fda0280bfe5ffc140414004000003000400000301e23c60ca80",
            "640x368",
            "640x360",
            "1281:1280",
            60,
            "66 c0 31 4:2:0 8/8 progressive"));
  }

  @ParameterizedTest
  @MethodSource("spsOfRealEncoders")
  void readsSpsOfRealEncoder(Case expected) {
    AvcSps sps = AvcSps.read(Bytes.fromHex(expected.hex));
    assertThat(sps.codedWidth() + "x" + sps.codedHeight()).isEqualTo(expected.coded);
    assertThat(sps.width() + "x" + sps.height()).isEqualTo(expected.shown);
    assertThat(sps.sarWidth() + ":" + sps.sarHeight()).isEqualTo(expected.sar);
    assertThat(sps.frameRate().orElseThrow()).isCloseTo(expected.rate, within(1e-9));
    assertThat(traits(sps)).isEqualTo(expected.traits);
  }

  private static String traits(AvcSps sps) {
    return "%d %02x %d %s %d/%d %s"
        .formatted(
            sps.profileIdc(),
            sps.constraintFlags(),
            sps.levelIdc(),
            new String[] {"4:0:0", "4:2:0", "4:2:2", "4:4:4"}[sps.chromaFormatIdc()],
            sps.bitDepthLuma(),
            sps.bitDepthChroma(),
            sps.interlaced() ? "interlaced" : "progressive");
  }

  @Test
  void readsSpsWrittenFieldByField() {
    Bytes nal =
        new Syntax()
            .ue(0) // seq_parameter_set_id
            .ue(2) // log2_max_frame_num_minus4
            .ue(1) // pic_order_cnt_type
            .bits("0") // delta_pic_order_always_zero_flag
            .se(-5) // offset_for_non_ref_pic
            .se(7) // offset_for_top_to_bottom_field
            .ue(2) // num_ref_frames_in_pic_order_cnt_cycle
            .se(1)
            .se(-1)
            .ue(4) // max_num_ref_frames
            .bits("0")
            .ue(44) // 45 macroblocks, 720 samples
            .ue(17) // 18 map units of two macroblocks: 576 samples
            .bits("0 1") // frame_mbs_only_flag, mb_adaptive_frame_field_flag
            .bits("1")
            .bits("1") // frame_cropping_flag
            .ue(4)
            .ue(4)
            .ue(1)
            .ue(0)
            .bits("1") // vui
            .bits("1")
            .u(8, 255)
            .u(16, 64)
            .u(16, 45) // Extended_SAR
            .bits("1 1") // overscan
            .bits("1")
            .u(3, 5)
            .bits("1") // full range
            .bits("0")
            .bits("1")
            .ue(1)
            .ue(1) // chroma location
            .bits("1")
            .u(32, 1001)
            .u(32, 60000)
            .bits("1") // fixed_frame_rate_flag
            .bits("0 0 0") // no HRD, pic_struct_present_flag
            .bits("1")
            .bits("1")
            .ue(0)
            .ue(0)
            .ue(11)
            .ue(11)
            .ue(3) // max_num_reorder_frames
            .ue(4)
            .bits("1")
            .nal(0x67, 77, 0, 30);
    AvcSps sps = AvcSps.read(nal);
    assertThat(sps.codedWidth()).isEqualTo(720);
    assertThat(sps.codedHeight()).isEqualTo(576);
    assertThat(sps.width()).isEqualTo(720 - 2 * 8);
    assertThat(sps.height()).isEqualTo(576 - 4);
    assertThat(sps.picOrderCntType()).isEqualTo(1);
    assertThat(sps.sarWidth() + ":" + sps.sarHeight()).isEqualTo("64:45");
    assertThat(sps.colour()).contains(new ColourDescription(2, 2, 2, true));
    assertThat(sps.timing()).contains(new VideoTiming(1001, 60000, 2, true));
    assertThat(sps.frameRate().orElseThrow()).isCloseTo(29.97, within(0.001));
    assertThat(sps.maxNumReorderFrames()).hasValue(3);
    assertThat(sps.interlaced()).isTrue();
  }

  @Test
  void readsColourDescription() {
    AvcSps sps =
        AvcSps.read(Bytes.fromHex("6742c028da01e0089f97016a020202800001f480007530078c1950"));
    assertThat(sps.colour()).contains(new ColourDescription(1, 1, 1, false));
    assertThat(sps.maxNumReorderFrames()).hasValue(0);
  }

  @Test
  void passesOverScalingMatrices() {
    Syntax high = new Syntax().ue(0).ue(1).ue(0).ue(0).bits("0").bits("1");
    high.bits("1"); // list 0 present: 16 values
    for (int j = 0; j < 16; j++) {
      high.se(j == 0 ? 9 : 1);
    }
    high.bits("1").se(-8); // list 1 present: nextScale 0 at once, "use default"
    high.bits("0000"); // lists 2 to 5 absent
    high.bits("1"); // list 6 present: falls back to the last value after two
    high.se(0).se(-8);
    high.bits("0");
    Bytes nal = afterScaling(high).nal(0x67, 100, 0, 30);
    AvcSps sps = AvcSps.read(nal);
    assertThat(sps.width() + "x" + sps.height()).isEqualTo("640x368");
  }

  @Test
  void treatsSeparateColourPlanesAsMonochromeInCropping() {
    Syntax high = new Syntax().ue(0).ue(3).bits("1").ue(0).ue(0).bits("0").bits("0");
    high.ue(0).ue(2).ue(1).bits("0").ue(39).ue(22).bits("1 1 1").ue(0).ue(1).ue(0).ue(8);
    AvcSps sps = AvcSps.read(high.bits("0 1").nal(0x67, 244, 0, 30));
    assertThat(sps.width() + "x" + sps.height()).isEqualTo("639x360");
  }

  @Test
  void keepsWhatStandsBeforeTruncatedHrd() {
    Bytes whole =
        Bytes.fromHex("674d4028f403c0227ef01100000300010000030032626000f424001e84e4c200f8b175");
    AvcSps sps = AvcSps.read(whole.slice(0, 22));
    assertThat(sps.height()).isEqualTo(1080);
    assertThat(sps.frameRate()).hasValue(25);
    assertThat(sps.maxNumReorderFrames()).isEmpty();
  }

  @Test
  void givesNoFrameRateForAnImpossibleClock() {
    Syntax vui = new Syntax().bits("0 0 0 0 1").u(32, 1).u(32, 180_000).bits("0 0 0 0 0 1");
    Bytes nal = baseline(vui);
    assertThat(AvcSps.read(nal).frameRate()).isEmpty();
    Syntax zero = new Syntax().bits("0 0 0 0 1").u(32, 0).u(32, 50).bits("0 0 0 0 0 1");
    assertThat(AvcSps.read(baseline(zero)).timing()).isEmpty();
  }

  @Test
  void refusesPictureBeyondEveryLevel() {
    Bytes nal =
        new Syntax()
            .ue(0)
            .ue(0)
            .ue(2)
            .ue(1)
            .bits("0")
            .ue(1000)
            .ue(1000)
            .bits("1 1 0 0 1")
            .nal(0x67, 66, 0, 62);
    assertThatThrownBy(() -> AvcSps.read(nal))
        .isInstanceOfSatisfying(
            ProtocolException.class,
            e -> assertThat(e.reason()).isEqualTo(ProtocolException.Reason.LIMIT))
        .hasMessageContaining("1001x1001 macroblocks");
  }

  @Test
  void refusesCroppingOfTheWholePicture() {
    Bytes nal =
        new Syntax()
            .ue(0)
            .ue(0)
            .ue(2)
            .ue(1)
            .bits("0")
            .ue(9)
            .ue(9)
            .bits("1 1 1")
            .ue(40)
            .ue(40)
            .ue(0)
            .ue(0)
            .bits("0 1")
            .nal(0x67, 66, 0, 30);
    assertThatThrownBy(() -> AvcSps.read(nal))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("cropping takes 160 of 160 samples of width");
  }

  @Test
  void refusesOtherNalUnits() {
    assertThatThrownBy(() -> AvcSps.read(Bytes.fromHex("68ce0fc8")))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("type 8, expected 7");
    assertThatThrownBy(() -> AvcSps.read(Bytes.EMPTY)).isInstanceOf(ProtocolException.class);
  }

  private static Syntax afterScaling(Syntax sps) {
    return sps.ue(0).ue(2).ue(1).bits("0").ue(39).ue(22).bits("1 1 0 0 1");
  }

  private static Bytes baseline(Syntax vui) {
    Bytes tail = vui.behind();
    Syntax sps = new Syntax().ue(0).ue(0).ue(2).ue(1).bits("0").ue(39).ue(22).bits("1 1 0 1");
    for (int i = 0; i < tail.length(); i++) {
      sps.u(8, tail.u8(i));
    }
    return sps.nal(0x67, 66, 0, 30);
  }
}
