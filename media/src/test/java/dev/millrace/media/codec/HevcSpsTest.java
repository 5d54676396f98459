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

class HevcSpsTest {
  /** SPSs that libx265 wrote, and what ffprobe says of the same files. */
  record Case(
      String name,
      String hex,
      String coded,
      String shown,
      double rate,
      String codecs,
      String traits) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> spsOfRealEncoders() {
    return Stream.of(
        new Case(
            "1080p, BT.709",
            "420101016000000300900000030000030078a003c0801107cb965654a4c2f016a0202020800001f480003a9804",
            "1920x1088",
            "1920x1080",
            30000 / 1001.0,
            "1.6.L120.90",
            "4:2:0 8/8"),
        new Case(
            "Main 10, BT.2020 PQ",
            "42010102200000030090000003000003005aa005220171c448d965654a4c2f016a122012080000030008000003019040",
            "656x368",
            "642x362",
            50,
            "2.4.L90.90",
            "4:2:0 10/10"),
        new Case(
            "4:2:2 of 10 bits, window unit of 2x1",
            "4201010408000003009d0800000300005ab005220171c444b6595952930bc05a020000030002000003006410",
            "656x368",
            "642x360",
            50,
            "4.10.L90.9D.8",
            "4:2:2 10/10"),
        new Case(
            "4:4:4",
            "4201010408000003009e0800000300005a9000a0402e3e272caca94985e02d010000030001000003003208",
            "640x368",
            "640x360",
            50,
            "4.10.L90.9E.8",
            "4:4:4 8/8"),
        new Case(
            "temporal layers, scaling lists, SAR 4:3",
            "42010101600000030090000003000003003fa00502016965959a49395e1cd0100000030010000003019080",
            "640x360",
            "640x360",
            25,
            "1.6.L63.90",
            "4:2:0 8/8"),
        new Case(
            "fields",
            "42010101600000030040000003000003005aa00502016965959a4932bc05a1a0000003002000000641",
            "640x360",
            "640x360",
            50,
            "1.6.L90.40",
            "4:2:0 8/8 interlaced"),
        new Case(
            "level 5.1 with HRD",
            "420101016000000300900000030000030099a00502016965959a4932bc05a0200000030020000003032c2492cbc0002625a0001312d1",
            "640x360",
            "640x360",
            25,
            "1.6.L153.90",
            "4:2:0 8/8"),
        new Case(
            "shared/media/hevc_640x360.mp4",
            "42010101600000030090000003000003003fa005020171f2e595952930bffc14041401a708000003000800000300c040",
            "640x368",
            "640x360",
            24,
            "1.6.L63.90",
            "4:2:0 8/8"));
  }

  @ParameterizedTest
  @MethodSource("spsOfRealEncoders")
  void readsSpsOfRealEncoder(Case expected) {
    HevcSps sps = HevcSps.read(Bytes.fromHex(expected.hex));
    assertThat(sps.codedWidth() + "x" + sps.codedHeight()).isEqualTo(expected.coded);
    assertThat(sps.width() + "x" + sps.height()).isEqualTo(expected.shown);
    assertThat(sps.frameRate().orElseThrow()).isCloseTo(expected.rate, within(1e-9));
    assertThat(sps.profileTierLevel().codecParameters()).isEqualTo(expected.codecs);
    String chroma = new String[] {"4:0:0", "4:2:0", "4:2:2", "4:4:4"}[sps.chromaFormatIdc()];
    String depths = " " + sps.bitDepthLuma() + "/" + sps.bitDepthChroma();
    assertThat(chroma + depths + (sps.interlaced() ? " interlaced" : ""))
        .isEqualTo(expected.traits);
  }

  @Test
  void readsAspectRatioAndColour() {
    HevcSps wide =
        HevcSps.read(
            Bytes.fromHex(
                "42010101600000030090000003000003003fa00502016965959a49395e1cd0100000030010000003019080"));
    assertThat(wide.sarWidth() + ":" + wide.sarHeight()).isEqualTo("4:3");
    HevcSps hdr =
        HevcSps.read(
            Bytes.fromHex(
                "42010102200000030090000003000003005aa005220171c448d965654a4c2f016a122012080000030008000003019040"));
    assertThat(hdr.colour()).contains(new ColourDescription(9, 16, 9, false));
    assertThat(hdr.timing()).contains(new VideoTiming(1, 50, 1, false));
    assertThat(hdr.maxNumReorderPics()).isEqualTo(2);
  }

  @Test
  void readsEverythingThatMayStandBeforeTheVui() {
    Syntax sps = new Syntax().u(4, 0).u(3, 1).bits("1"); // two sub-layers
    profileTierLevel(sps);
    sps.bits("1 1").bits("00".repeat(7)).u(32, 0).u(32, 0).u(24, 0).u(8, 93); // sub-layer 0
    sps.ue(0).ue(1).ue(1280).ue(720).bits("1").ue(0).ue(2).ue(0).ue(4); // conformance window
    sps.ue(2).ue(0).ue(4);
    sps.bits("1").ue(4).ue(1).ue(0).ue(4).ue(3).ue(0); // ordering info of both sub-layers
    sps.ue(0).ue(3).ue(0).ue(3).ue(1).ue(1);
    sps.bits("1 1"); // scaling_list_enabled_flag, sps_scaling_list_data_present_flag
    scalingLists(sps);
    sps.bits("1 1");
    sps.bits("1").u(4, 7).u(4, 7).ue(0).ue(2).bits("0"); // pcm
    sps.ue(3); // num_short_term_ref_pic_sets
    sps.ue(2).ue(1).ue(0).bits("1").ue(1).bits("1").ue(0).bits("1"); // -1, -3, +1
    // From set 0 with deltaRps -1: -2 -4 0 and -1; (-2 used, -4 not but kept, 0 dropped, -1 used)
    sps.bits("1 1").ue(0).bits("1 01 1 1");
    // From set 1, which has three pictures: four flags, not five.
    sps.bits("1 0").ue(0).bits("1 1 00 1");
    sps.bits("1").ue(2).u(8, 1).bits("1").u(8, 2).bits("0"); // long-term pictures
    sps.bits("1 1");
    sps.bits("1"); // vui
    sps.bits("1").u(8, 15).bits("0 0 0 0 0 0");
    sps.bits("1").ue(0).ue(0).ue(0).ue(0); // default_display_window
    sps.bits("1").u(32, 1001).u(32, 60000).bits("0 0 0 0 1");
    HevcSps read = HevcSps.read(sps.nal(0x42, 0x01));
    assertThat(read.width() + "x" + read.height()).isEqualTo("1276x712");
    assertThat(read.bitDepthLuma() + "/" + read.bitDepthChroma()).isEqualTo("10/8");
    assertThat(read.maxNumReorderPics()).isEqualTo(3);
    assertThat(read.sarWidth() + ":" + read.sarHeight()).isEqualTo("3:2");
    assertThat(read.frameRate().orElseThrow()).isCloseTo(59.94, within(0.001));
    assertThat(read.profileTierLevel().codecParameters()).isEqualTo("A2.4.H123.90");
  }

  @Test
  void refusesPictureWithoutSamples() {
    Syntax sps = new Syntax().u(4, 0).u(3, 0).bits("1");
    profileTierLevel(sps);
    Bytes nal = sps.ue(0).ue(1).ue(0).ue(720).nal(0x42, 0x01);
    assertThatThrownBy(() -> HevcSps.read(nal))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("pic_width_in_luma_samples 0, must be 1..");
  }

  @Test
  void refusesOtherNalUnitsAndSevenSubLayers() {
    assertThatThrownBy(() -> HevcSps.read(Bytes.fromHex("4401c073c189")))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("type 34, expected 33");
    assertThatThrownBy(() -> HevcSps.read(Bytes.fromHex("42010f")))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("sps_max_sub_layers_minus1 7");
  }

  @Test
  void readsTimingOfTheVps() {
    // Of a VPS without timing, x265; and one with 1001/60000 appended by hand.
    assertThat(
            HevcVps.read(Bytes.fromHex("40010c01ffff01600000030090000003000003003f959409"))
                .timing())
        .isEmpty();
    Syntax vps = new Syntax().u(4, 0).bits("11").u(6, 0).u(3, 0).bits("1").u(16, 0xFFFF);
    profileTierLevel(vps);
    vps.bits("1").ue(4).ue(2).ue(0).u(6, 1).ue(1).bits("11"); // two layer sets of two layers
    vps.bits("1").u(32, 1001).u(32, 60000).bits("0 0 1");
    assertThat(HevcVps.read(vps.nal(0x40, 0x01)).timing())
        .contains(new VideoTiming(1001, 60000, 1, false));
  }

  /** Space 1, High tier, Main 10 (compatible with profile 2 only), level 4.1, bytes 90 00.. . */
  private static void profileTierLevel(Syntax out) {
    out.u(2, 1).bits("1").u(5, 2).u(32, 0x2000_0000L).u(8, 0x90).u(32, 0).u(8, 0).u(8, 123);
  }

  private static void scalingLists(Syntax out) {
    for (int sizeId = 0; sizeId < 4; sizeId++) {
      int matrices = sizeId == 3 ? 2 : 6;
      for (int i = 0; i < matrices; i++) {
        if (i == 0) {
          out.bits("0").ue(0); // predicted
          continue;
        }
        out.bits("1");
        if (sizeId > 1) {
          out.se(8);
        }
        for (int c = 0; c < Math.min(64, 1 << (4 + 2 * sizeId)); c++) {
          out.se(c % 3 - 1);
        }
      }
    }
  }
}
