package dev.millrace.media.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.ProtocolException;
import dev.millrace.media.ProtocolException.Reason;
import dev.millrace.media.flv.FlvTag;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class FlvPublisherTest {
  private static final String AVC = "avc1.42c01e";
  private static final String AAC = "mp4a.40.2";

  private final Feed feed = new Feed();

  @Test
  void startsAsSoonAsThePromisedTracksAreThere() {
    feed.metadata(true, true).avc(0, Feed.AVC_640).aac(0, Feed.AAC_44100);
    assertThat(feed.told()).containsExactly("started");
    feed.key(1000).audio(1005).inter(1040);
    assertThat(feed.told())
        .containsExactly("tracks " + AVC + " " + AAC, "key 0", "audio 5", "inter 40");
  }

  @Test
  void startsVideoAloneAtOnceWhereTheMetadataSayNothingElse() {
    feed.metadata(true, false).avc(0, Feed.AVC_640).key(0);
    assertThat(feed.told()).containsExactly("started", "tracks " + AVC, "key 0");
  }

  @Test
  void startsAudioAloneAtOnceWhereTheMetadataSayNothingElse() {
    feed.metadata(false, true).aac(0, Feed.AAC_44100).audio(20);
    assertThat(feed.told()).containsExactly("started", "tracks " + AAC, "audio 0");
  }

  @Test
  void waitsWithoutMetadataForTheOtherTrack() {
    feed.aac(0, Feed.AAC_44100);
    for (int ms = 0; ms < 1500; ms += 500) {
      feed.audio(ms);
    }
    assertThat(feed.told()).containsExactly("started");
    feed.audio(1500);
    assertThat(feed.told())
        .containsExactly("tracks " + AAC, "audio 0", "audio 500", "audio 1000", "audio 1500");
  }

  @Test
  void stopsWaitingForAPromisedTrackThatDoesNotCome() {
    feed.metadata(true, true).avc(0, Feed.AVC_640).key(0).inter(700).inter(1499);
    assertThat(feed.told()).containsExactly("started");
    feed.inter(1500);
    assertThat(feed.told())
        .containsExactly("tracks " + AVC, "key 0", "inter 700", "inter 1499", "inter 1500");
  }

  @Test
  void measuresTheWaitFromTheFirstFrameNotFromAHeaderOfTimeZero() {
    feed.late(20_000_000).avc(0, Feed.AVC_640).late(0).key(20_000_000);
    assertThat(feed.told()).containsExactly("started");
    feed.late(20_000_000).aac(0, Feed.AAC_44100).late(0).audio(20_000_010);
    assertThat(feed.told()).containsExactly("tracks " + AVC + " " + AAC, "key 0", "audio 10");
  }

  @Test
  void measuresTheWaitInMediaTimeWhereTagsComeInABurst() {
    feed.avc(0, Feed.AVC_640).key(0);
    feed.late(-700).inter(800).late(-1400).inter(1600);
    assertThat(feed.told())
        .containsExactly("started", "tracks " + AVC, "key 0", "inter 800", "inter 1600");
  }

  @Test
  void changesTheTracksWhenAudioComesLate() {
    feed.metadata(true, false).avc(0, Feed.AVC_640).key(0).aac(40, Feed.AAC_44100);
    feed.audio(40).inter(40).audio(63);
    assertThat(feed.told())
        .containsExactly(
            "started",
            "tracks " + AVC,
            "key 0",
            "inter 40",
            "tracks " + AVC + " " + AAC,
            "audio 40",
            "audio 63");
  }

  @Test
  void changesTheTracksWithTheFirstKeyFrameWhenVideoComesLate() {
    feed.metadata(false, true).aac(0, Feed.AAC_44100).audio(0).avc(20, Feed.AVC_640);
    feed.inter(20).audio(40).key(60).audio(80);
    assertThat(feed.told())
        .containsExactly(
            "started",
            "tracks " + AAC,
            "audio 0",
            "audio 40",
            "tracks " + AVC + " " + AAC,
            "key 60",
            "audio 80");
  }

  @Test
  void startsAudioAndVideoTogetherAtTheFirstKeyFrame() {
    feed.metadata(true, true).avc(0, Feed.AVC_640).aac(0, Feed.AAC_44100);
    feed.audio(0).inter(0).audio(980).inter(960).key(1000).audio(990).audio(1010).audio(1033);
    assertThat(feed.told())
        .containsExactly("started", "tracks " + AVC + " " + AAC, "key 0", "audio 10", "audio 33");
  }

  @Test
  void keepsAudioThatArrivesBeforeTheKeyFrameButBelongsBehindIt() {
    feed.metadata(true, true).avc(0, Feed.AVC_640).aac(0, Feed.AAC_44100);
    feed.audio(987).audio(1010).key(1000).audio(1033);
    assertThat(feed.told())
        .containsExactly("started", "tracks " + AVC + " " + AAC, "key 0", "audio 10", "audio 33");
  }

  @Test
  void keepsAudioOfAnotherClockThatArrivesAfterTheKeyFrame() {
    feed.metadata(true, true).avc(9_000_000, Feed.AVC_640).aac(0, Feed.AAC_44100);
    feed.late(-9_000_000).key(9_000_000).late(10).audio(0).late(-9_000_000).inter(9_000_040);
    assertThat(feed.told())
        .containsExactly("started", "tracks " + AVC + " " + AAC, "key 0", "audio 10", "inter 40");
  }

  @Test
  void findsKeyFramesByTheirNalUnitsNotByTheFlag() {
    feed.metadata(true, false).avc(0, Feed.AVC_640);
    feed.tag(FlvTag.VIDEO, 0, "17 01 000000 00000004 41 9a 00 10");
    feed.tag(FlvTag.VIDEO, 40, "27 01 000000 00000002 09 10 00000005 65 88 84 00 10");
    feed.tag(FlvTag.VIDEO, 80, "17 01 000000 00000004 41 9a 00 10");
    assertThat(feed.told()).containsExactly("started", "tracks " + AVC, "key 0", "inter 40");
  }

  @Test
  void doesNothingOnARepeatedSequenceHeader() {
    start();
    feed.avc(40, Feed.AVC_640).aac(40, Feed.AAC_44100).inter(40).audio(40).key(80);
    assertThat(feed.told()).containsExactly("inter 40", "audio 40", "key 80");
  }

  @Test
  void changesTheTracksAtTheKeyFrameBehindANewSequenceHeader() {
    start();
    feed.avc(40, Feed.AVC_480).aac(40, Feed.AAC_48000).audio(41).inter(40).key(80).audio(80);
    assertThat(feed.told())
        .containsExactly("tracks avc1.640015 " + AAC, "key 80", "audio 41", "audio 80");
  }

  @Test
  void changesAudioAloneWithTheNextPicture() {
    start();
    feed.aac(40, Feed.AAC_48000).audio(45).inter(40).audio(66);
    assertThat(feed.told())
        .containsExactly("inter 40", "tracks " + AVC + " " + AAC, "audio 45", "audio 66");
  }

  @Test
  void doesNotHoldAudioBackForAPictureThatDoesNotCome() {
    start();
    feed.avc(40, Feed.AVC_480);
    for (int ms = 0; ms <= 2000; ms += 500) {
      feed.audio(100 + ms);
    }
    assertThat(feed.told())
        .containsExactly("audio 100", "audio 600", "audio 1100", "audio 1600", "audio 2100");
    feed.audio(2600);
    assertThat(feed.told()).containsExactly("audio 2600");
  }

  @Test
  void takesAConfigurationThatStandsOnlyInAKeyFrame() {
    start();
    String sps = "0000001a 67640015acd941e0bfe5c044000003000400000300c83c58b658";
    String pps = "00000006 68ebe3cb22c0";
    feed.tag(FlvTag.VIDEO, 40, "17 01 000000" + sps + pps + "00000005 65 88 84 00 10");
    feed.avc(80, Feed.AVC_640).inter(80);
    assertThat(feed.told()).containsExactly("tracks avc1.640015 " + AAC, "key 40", "inter 80");
  }

  @Test
  void takesNothingNewFromRepeatedParameterSets() {
    start();
    String sps = "00000019 6742c01ed890280bfe5c0440000003004000000c83c58b8980";
    feed.tag(FlvTag.VIDEO, 40, "17 01 000000" + sps + "00000005 65 88 84 00 10");
    assertThat(feed.told()).containsExactly("key 40");
  }

  @Test
  void sendsWhatItHoldsBeforeItTakesAnotherConfiguration() {
    feed.metadata(true, true).avc(0, Feed.AVC_640).key(0).avc(0, Feed.AVC_640).inter(40);
    assertThat(feed.told()).containsExactly("started");
    feed.avc(80, Feed.AVC_480).inter(80).key(120);
    assertThat(feed.told())
        .containsExactly("tracks " + AVC, "key 0", "inter 40", "tracks avc1.640015", "key 120");
  }

  @Test
  void publishesHevcOfBothHeaders() {
    feed.metadata(true, false).tag(FlvTag.VIDEO, 0, "90 68766331" + Feed.HEVC_640);
    feed.tag(FlvTag.VIDEO, 0, "91 68766331 000000 00000004 28 01 af 10");
    feed.tag(FlvTag.VIDEO, 40, "2c 01 000000 00000004 02 01 d0 10");
    assertThat(feed.told())
        .containsExactly("started", "tracks hvc1.1.6.L63.90", "key 0", "inter 40");
  }

  @Test
  void takesAnHevcConfigurationThatStandsOnlyInAKeyFrame() {
    feed.metadata(true, false).tag(FlvTag.VIDEO, 0, "90 68766331" + Feed.HEVC_640);
    feed.tag(FlvTag.VIDEO, 0, "91 68766331 000000 00000004 28 01 af 10");
    feed.told();
    String level93 =
        "00000030 42010101600000030090000003000003005da005020171f2e595952930bffc14041401a7080000"
            + "03000800000300c040";
    feed.tag(FlvTag.VIDEO, 40, "91 68766331 000000" + level93 + "00000004 28 01 af 10");
    assertThat(feed.told()).containsExactly("tracks hvc1.1.6.L93.90", "key 40");
  }

  @Test
  void cutsAnMp3TagThatHoldsSeveralFrames() {
    String frame = "fffb1044" + "00".repeat(100);
    feed.metadata(false, true).tag(FlvTag.AUDIO, 0, "2f" + frame + frame);
    feed.tag(FlvTag.AUDIO, 52, "2f" + frame);
    assertThat(feed.told())
        .containsExactly("started", "tracks mp4a.6B", "audio 0", "audio 26", "audio 52");
  }

  @Test
  void usesAudioTrackZeroOfSeveralAndWarns() {
    feed.metadata(false, true);
    feed.tag(FlvTag.AUDIO, 0, "95 10 6d703461 00 000002 1210 01 000002 1190");
    feed.tag(FlvTag.AUDIO, 0, "95 11 6d703461 00 000002 2100 01 000002 2100");
    assertThat(feed.told()).containsExactly("started", "tracks " + AAC, "audio 0");
    assertThat(feed.publication.stream().facts().warnings()).containsOnlyKeys("multitrack");
  }

  @Test
  void passesOverWhatHoldsNoMedia() {
    start();
    feed.tag(FlvTag.VIDEO, 40, "").tag(FlvTag.AUDIO, 40, "").tag(FlvTag.VIDEO, 40, "17 02 000000");
    feed.tag(FlvTag.VIDEO, 40, "17 01 000000").tag(FlvTag.AUDIO, 40, "af 01").tag(15, 40, "00");
    feed.avc(40, "").aac(40, "").tag(FlvTag.VIDEO, 40, "57 01").inter(40);
    assertThat(feed.told()).containsExactly("inter 40");
  }

  @Test
  void tellsBrokenTimeBeforeTheFrame() {
    start();
    feed.key(10_000).audio(10_010).inter(10_040);
    assertThat(feed.told()).containsExactly("broken", "key 20", "audio 30", "inter 60");
  }

  @Test
  void refusesVideoWhoseKeyFrameNeverComes() {
    feed.metadata(true, true).avc(0, Feed.AVC_640).aac(0, Feed.AAC_44100);
    assertRefused(() -> play(0, 20_000), Reason.MALFORMED, "without a key frame for 10.0 s");
  }

  @Test
  void refusesVideoWhoseSequenceHeaderNeverComes() {
    feed.metadata(true, true).aac(0, Feed.AAC_44100);
    assertRefused(
        () -> play(0, 20_000),
        Reason.MALFORMED,
        "video frames without a sequence header for 10.0 s");
  }

  @Test
  void refusesAudioWhoseSequenceHeaderNeverComes() {
    feed.metadata(true, true).avc(0, Feed.AVC_640).key(0);
    assertRefused(
        () -> play(0, 20_000),
        Reason.MALFORMED,
        "audio frames without a sequence header for 10.0 s");
  }

  @Test
  void refusesAPublicationWithoutAnyFrame() {
    feed.metadata(true, true).avc(0, Feed.AVC_640);
    assertRefused(
        () -> {
          for (int ms = 0; ms < 20_000; ms += 1000) {
            feed.tag(FlvTag.VIDEO, ms, "17 00 000000" + Feed.AVC_640);
          }
        },
        Reason.MALFORMED,
        "no key frame within 10 s of the first tag");
  }

  @Test
  void refusesConfigurationsThatChangeAllTheTime() {
    start();
    assertRefused(
        () -> {
          for (int i = 0; i < 100; i++) {
            feed.avc(40 + i, i % 2 == 0 ? Feed.AVC_480 : Feed.AVC_640);
          }
        },
        Reason.LIMIT,
        "changed 61 times within a minute");
  }

  @Test
  void refusesAPublisherThatBeginsWithNalUnitsThatDoNotAddUp() {
    feed.metadata(true, true).avc(0, Feed.AVC_640).aac(0, Feed.AAC_44100);
    assertRefused(
        () -> feed.tag(FlvTag.VIDEO, 0, "17 01 000000 00000009 65 88"),
        Reason.MALFORMED,
        "NAL unit length 9");
  }

  @Test
  void damageInMidStreamCostsNoMoreThanTheFrame() {
    start();
    feed.tag(FlvTag.VIDEO, 40, "17 01 000000 00000009 65 88"); // cut off
    feed.tag(FlvTag.VIDEO, 80, "17 01 000000 00000005 6742c01e00 00000002 6588"); // SPS spoilt
    feed.inter(120).key(160);
    assertThat(feed.told()).containsExactly("inter 40", "key 80", "inter 120", "key 160");
  }

  @Test
  void tellsThatTheClockHasJumpedButNotAgainAndAgain() {
    start();
    feed.inter(40).late(-3_600_000);
    feed.inter(3_600_080).audio(3_600_080).inter(3_600_120).late(0);
    feed.inter(160).audio(160).inter(200).audio(200);
    assertThat(feed.told()).doesNotContain("broken");
    assertThat(feed.publication.stream().facts().warnings().get("clock-jumped"))
        .startsWith("the publisher's clock has jumped by +3600.0 s;");
    for (int i = 1; i <= 4; i++) {
      feed.late(11_000L * i - 3_600_000L * (i % 2)); // arrives on time
      long jumped = 3_600_000L * (i % 2);
      feed.inter(jumped + 240).audio(jumped + 240).inter(jumped + 280).audio(jumped + 280);
    }
    assertThat(feed.publication.stream().facts().warnings().get("clock-jumped"))
        .containsPattern("jumped [2-9] times, last by [+-]3600\\.\\d s");
  }

  private void start() {
    feed.metadata(true, true).avc(0, Feed.AVC_640).aac(0, Feed.AAC_44100).key(0).audio(0);
    assertThat(feed.told())
        .containsExactly("started", "tracks " + AVC + " " + AAC, "key 0", "audio 0");
  }

  private void play(int fromMs, int toMs) {
    for (int ms = fromMs; ms < toMs; ms += 40) {
      feed.inter(ms).audio(ms);
    }
  }

  private static void assertRefused(ThrowingCallable feeding, Reason reason, String message) {
    assertThatThrownBy(feeding)
        .isInstanceOfSatisfying(
            ProtocolException.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
  }
}
