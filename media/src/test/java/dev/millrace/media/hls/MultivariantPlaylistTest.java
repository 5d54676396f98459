package dev.millrace.media.hls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.log.LogScript;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MultivariantPlaylistTest {
  private static final Pattern RATES =
      Pattern.compile("BANDWIDTH=(\\d+),AVERAGE-BANDWIDTH=(\\d+),");

  @Test
  void isReadyWithThreePartsOfTheFirstAndOneOfEachRendition() {
    LogScript script = LogScript.open(1, Targets.DEFAULT).video().audio();
    assertThat(MultivariantPlaylist.isReady(script.view())).isFalse();

    script.append("video", 500_000, 10, false, false).append("video", 500_000, 10, false, false);
    script.append("audio", 500_000, 10, false, false);
    assertThat(MultivariantPlaylist.isReady(script.view())).isFalse();

    script.append("video", 500_000, 10, false, false);
    assertThat(MultivariantPlaylist.isReady(script.view())).isTrue();
  }

  @Test
  void doesNotWaitForEverForARenditionWithoutMedia() {
    LogScript script = LogScript.open(1, Targets.DEFAULT).video().audio();
    for (int i = 0; i < 2; i++) {
      script.append("video", 2_000_000, 10, true, false);
      script.append("video", 500_000, 10, false, false);
      script.append("video", 500_000, 10, true, false);
    }
    assertThat(MultivariantPlaylist.isReady(script.view())).isTrue();
    assertThat(MultivariantPlaylist.render(script.view())).doesNotContain("mp4a");
  }

  @Test
  void waitsForExpectedRenditionsUntilThreeSegmentsAreThere() {
    LogScript script = LogScript.open(1, Targets.DEFAULT).expect("480p").video().audio();
    script.segments(2).part(500_000);
    assertThat(MultivariantPlaylist.isReady(script.view())).isFalse();

    script.rung("480p", "avc1.64001f", 480, 1_200_000).append("480p", 500_000, 0, false, true);
    assertThat(MultivariantPlaylist.isReady(script.view())).as("a gap is no media").isFalse();
    script.append("480p", 500_000, 10, false, false);
    assertThat(MultivariantPlaylist.isReady(script.view())).isTrue();

    LogScript without = LogScript.open(1, Targets.DEFAULT).expect("480p").video().audio();
    assertThat(MultivariantPlaylist.isReady(without.segments(3).view())).isTrue();
  }

  @Test
  void namesItsPathwayWhereThereAreSeveralServers() {
    LogScript script = LogScript.open(1, Targets.DEFAULT).video().audio().segments(3);
    ContentSteering steering = new ContentSteering("/steering/live/main.json", "0a1b2c3d4e");
    String text =
        MultivariantPlaylist.render(script.view(), Optional.of(steering), PlaylistSet.LOW_LATENCY);
    String pathway = ",PATHWAY-ID=\"0a1b2c3d4e\"";
    assertThat(text)
        .contains(
            "#EXT-X-CONTENT-STEERING:SERVER-URI=\"/steering/live/main.json\"" + pathway + "\n",
            ",STABLE-VARIANT-ID=\"video\"" + pathway + "\nvideo/index.m3u8\n",
            ",STABLE-VARIANT-ID=\"video.iframes\"" + pathway + ",URI=\"video/iframes.m3u8\"",
            ",STABLE-RENDITION-ID=\"audio\",URI=\"audio/index.m3u8\"");
    String plain = text.replaceAll(",STABLE-[A-Z-]+=\"[^\"]+\"|" + pathway, "");
    assertThat(plain.replaceFirst("#EXT-X-CONTENT-STEERING:.*\n", ""))
        .as("nothing else differs")
        .isEqualTo(MultivariantPlaylist.render(script.view()));
  }

  @Test
  void doesNotTakeGapsOfAReplacedSourceForABeginning() {
    LogScript script = LogScript.open(1, Targets.DEFAULT).expect("source").video().audio();
    script.segmentsWithout(2, "video", "audio");
    assertThat(MultivariantPlaylist.isReady(script.view())).isFalse();
    script.rung("source", "avc1.64001f", 720, 2_800_000).append("source", 500_000, 9, false, false);
    assertThat(MultivariantPlaylist.isReady(script.view())).as("one part of it").isFalse();
    script.append("source", 500_000, 9, false, false).append("source", 500_000, 9, false, false);
    assertThat(MultivariantPlaylist.isReady(script.view())).isTrue();
  }

  @Test
  void declaresIndependentSegmentsOnlyWhileAllListedVideoSegmentsAre() {
    LogScript script = LogScript.open(1, Targets.DEFAULT).video().audio().segments(1);
    assertThat(MultivariantPlaylist.render(script.view())).contains("INDEPENDENT-SEGMENTS");

    script.gap(500_000, 500_000);
    assertThat(MultivariantPlaylist.render(script.view()))
        .as("no media where a key frame could be missing")
        .contains("INDEPENDENT-SEGMENTS");

    script.segments(1).dependent("video", 500_000);
    assertThat(MultivariantPlaylist.render(script.view())).doesNotContain("INDEPENDENT-SEGMENTS");
  }

  @Test
  void believesADeclaredBitRateThatIsPlausible() {
    assertThat(videoRates(0, 2_500_000)).containsExactly(2_500_000, 2_500_000);
    assertThat(videoRates(15, 2_500_000)).containsExactly(2_500_000, 2_300_000);
  }

  @Test
  void measuresWhereTheDeclaredBitRateIsFarOffOrMissing() {
    assertThat(videoRates(15, 0)).containsExactly(2_700_000, 2_300_000);
    assertThat(videoRates(15, 600_000)).containsExactly(2_700_000, 2_300_000);
    assertThat(videoRates(15, 40_000_000)).containsExactly(2_700_000, 2_300_000);
    assertThat(videoRates(1, 0)).as("more headroom at first").containsExactly(3_400_000, 3_000_000);
    assertThat(videoRates(0, 0)).as("from parts alone").containsExactly(3_400_000, 3_400_000);
  }

  /** What is declared for 2 Mbit/s of video after so many segments of 2 s and one part. */
  private static int[] videoRates(int segments, long declaredBps) {
    LogScript script =
        LogScript.open(1, Targets.DEFAULT)
            .describe(
                new RenditionDescription(
                    "video",
                    MediaType.VIDEO,
                    "avc1.64001f",
                    1280,
                    720,
                    30_000,
                    0,
                    0,
                    declaredBps,
                    "init.mp4",
                    Bytes.EMPTY));
    for (int i = 0; i < segments; i++) {
      script.append("video", 2_000_000, 500_000, true, false);
    }
    StreamView view = script.append("video", 500_000, 125_000, false, false).view();
    Matcher rates = RATES.matcher(MultivariantPlaylist.render(view));
    assertThat(rates.find()).isTrue();
    return new int[] {Integer.parseInt(rates.group(1)), Integer.parseInt(rates.group(2))};
  }
}
