package dev.millrace.media.hls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.log.LogScript;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Which renditions the multivariant playlist lists, in which order, with which audio. */
class OfferTest {
  private static final Pattern VARIANT =
      Pattern.compile("#EXT-X-STREAM-INF:(?:.*?AUDIO=\"(.*?)\")?.*\n(.*)/index.m3u8\n");

  @Test
  void listsTheSourceFirstAndRungsFromTheTop() {
    StreamView view = ladder().segments(1).view();
    assertThat(variants(view))
        .containsExactly(
            "video audio-high", "480p audio-high", "360p audio-low", "audio-64k audio-low");
  }

  @Test
  void withdrawsARungAfterTwoSegmentsOfGapsAndListsItAgainWithItsFirstPart() {
    LogScript script = ladder().segments(2).segmentsWithout(2, "480p");
    assertThat(names(script.view())).as("two of its gaps are complete").contains("480p");
    script.append("video", 500_000, 1000, false, false);
    assertThat(names(script.view())).containsExactly("video", "360p", "audio-64k");
    assertThat(Offer.of(script.view()).lists("480p")).isFalse();
    assertThat(Offer.of(script.view()).isWithdrawn("480p")).isTrue();
    assertThat(Offer.of(script.view()).isWithdrawn("360p")).isFalse();
    assertThat(MediaPlaylist.render(script.view(), "video", false))
        .contains("URI=\"../360p/index.m3u8\"")
        .doesNotContain("480p");
    assertThat(MediaPlaylist.render(script.view(), "480p", false))
        .as("who plays it learns where the others are")
        .contains("URI=\"../video/index.m3u8\"");

    script.append("480p", 500_000, 0, false, true);
    assertThat(names(script.view())).doesNotContain("480p");
    script.append("480p", 500_000, 1000, false, false);
    assertThat(names(script.view())).contains("480p");
  }

  @Test
  void doesNotListARenditionThatNeverHadMediaBesideOneThatHas() {
    LogScript script = LogScript.open(1, Targets.DEFAULT).rung("video", "hvc1.1.6.L93", 720, 0);
    script.rung("source", "avc1.64001f", 720, 2_800_000).audio();
    script.append("video", 500_000, 0, false, true).append("audio", 500_000, 100, false, false);
    assertThat(names(script.view())).as("nothing else to list").containsExactly("video");
    script.append("source", 500_000, 1000, false, false);
    assertThat(variants(script.view())).containsExactly("source audio");
    assertThat(MultivariantPlaylist.render(script.view())).doesNotContain("hvc1");
  }

  @Test
  void listsAllWhileThePublisherIsAway() {
    LogScript script = ladder().segments(2);
    List<String> before = variants(script.view());
    for (int i = 0; i < 20; i++) {
      script.gap(500_000, 500_000, 500_000, 500_000);
      assertThat(variants(script.view())).isEqualTo(before);
    }
  }

  @Test
  void leavesTheReplacedSourceUnlistedWhileThePublisherIsAway() {
    LogScript script = ladder().segmentsWithout(3, "video").gap(500_000, 500_000, 500_000);
    script.gap(500_000).gap(500_000).gap(500_000).gap(500_000);
    assertThat(names(script.view())).containsExactly("480p", "360p", "audio-64k");
  }

  /** Publishers tell one figure for picture and sound; how it is divided is a guess. */
  @Test
  void weakLinesGetTheEncodedAudioWhateverIsDeclaredOfTheSources() {
    StreamView view =
        LogScript.open(1, Targets.DEFAULT)
            .video()
            .audioRung("audio", "mp4a.40.2", 2, 55_000)
            .rung("480p", "avc1.64001f", 480, 1_200_000)
            .audioRung("audio-64k", "mp4a.40.2", 2, 64_000)
            .segments(1)
            .view();
    assertThat(variants(view))
        .containsExactly("video audio-high", "480p audio-low", "audio-64k audio-low");
  }

  @Test
  void takesOneGroupWhereThereIsOneEncodingOfTheAudio() {
    StreamView view =
        LogScript.open(1, Targets.DEFAULT)
            .video()
            .audio()
            .rung("480p", "avc1.64001f", 480, 1_200_000)
            .segments(1)
            .view();
    assertThat(variants(view)).containsExactly("video audio", "480p audio", "audio audio");
  }

  @Test
  void leavesOutAudioThatNotEveryPlayerSwitchesToWhereThereIsAacStereo() {
    for (int channels : new int[] {1, 6}) {
      StreamView view =
          LogScript.open(1, Targets.DEFAULT)
              .video()
              .audioRung("audio", "mp4a.40.2", channels, 300_000)
              .audioRung("audio-128k", "mp4a.40.2", 2, 128_000)
              .audioRung("audio-64k", "mp4a.40.2", 2, 64_000)
              .segments(1)
              .view();
      assertThat(MultivariantPlaylist.render(view))
          .contains("GROUP-ID=\"audio-high\",NAME=\"audio\"")
          .contains("URI=\"audio-128k/index.m3u8\"")
          .doesNotContain("URI=\"audio/index.m3u8\"");
      assertThat(MediaPlaylist.render(view, "video", false)).doesNotContain("../audio/");
    }
  }

  @Test
  void takesTheSourcesAudioWhereItsRungsAreWithdrawn() {
    LogScript script =
        LogScript.open(1, Targets.DEFAULT)
            .video()
            .audioRung("audio", "mp4a.40.5", 2, 64_000)
            .audioRung("audio-128k", "mp4a.40.2", 2, 128_000)
            .segments(1)
            .segmentsWithout(3, "audio-128k");
    assertThat(MultivariantPlaylist.render(script.view()))
        .contains("URI=\"audio/index.m3u8\"")
        .contains("mp4a.40.5");
  }

  @Test
  void listsEachEncodingOfAStreamWithoutVideo() {
    StreamView view =
        LogScript.open(1, Targets.DEFAULT)
            .audioRung("audio", "mp4a.40.2", 2, 160_000)
            .audioRung("audio-64k", "mp4a.40.2", 2, 64_000)
            .segments(1)
            .view();
    assertThat(names(view)).containsExactly("audio", "audio-64k");
    assertThat(MultivariantPlaylist.render(view)).doesNotContain("EXT-X-MEDIA");
  }

  @Test
  void declaresTheBandwidthOfEachVariantWithItsOwnGroup() {
    LogScript script = ladder();
    for (String name : List.of("video", "480p", "360p", "audio", "audio-64k")) {
      script.append(name, 500_000, 10, false, false);
    }
    // Nothing measured yet, so the declared figures count.
    assertThat(MultivariantPlaylist.render(script.view()))
        .contains("BANDWIDTH=3160000,")
        .contains("BANDWIDTH=1360000,")
        .contains("BANDWIDTH=764000,")
        .contains("BANDWIDTH=64000,");
  }

  @Test
  void judgesIndependentSegmentsByWhatIsListed() {
    LogScript script = ladder().segments(1);
    script.dependent("480p", 500_000);
    assertThat(MultivariantPlaylist.render(script.view())).doesNotContain("INDEPENDENT");
    for (int i = 0; i < 3; i++) {
      script.append("480p", 500_000, 0, i == 2, true);
    }
    script.segmentsWithout(4, "480p");
    assertThat(names(script.view())).doesNotContain("480p");
    assertThat(MultivariantPlaylist.render(script.view())).contains("INDEPENDENT-SEGMENTS");
  }

  private static LogScript ladder() {
    return LogScript.open(1, Targets.DEFAULT)
        .video()
        .audioRung("audio", "mp4a.40.2", 2, 160_000)
        .rung("360p", "avc1.64001e", 360, 700_000)
        .rung("480p", "avc1.64001f", 480, 1_200_000)
        .audioRung("audio-64k", "mp4a.40.2", 2, 64_000);
  }

  private static List<String> variants(StreamView view) {
    return VARIANT
        .matcher(MultivariantPlaylist.render(view))
        .results()
        .map(found -> found.group(2) + (found.group(1) == null ? "" : " " + found.group(1)))
        .toList();
  }

  private static List<String> names(StreamView view) {
    return VARIANT
        .matcher(MultivariantPlaylist.render(view))
        .results()
        .map((MatchResult found) -> found.group(2))
        .toList();
  }
}
