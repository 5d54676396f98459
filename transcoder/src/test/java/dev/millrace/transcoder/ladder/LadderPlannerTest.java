package dev.millrace.transcoder.ladder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Track;
import dev.millrace.media.feed.AudioRung;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.feed.VideoRung;
import dev.millrace.media.feed.VideoRung.Codec;
import dev.millrace.transcoder.ladder.LadderSettings.HevcPolicy;
import dev.millrace.transcoder.ladder.LadderSettings.Mode;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LadderPlannerTest {
  private static final LadderSettings PASSTHROUGH =
      new LadderSettings(
          Mode.AUTO,
          LadderSettings.DEFAULT_TABLE,
          List.of(),
          HevcPolicy.PASSTHROUGH,
          LadderSettings.DEFAULT.audioBitratesBps());

  /** A source and its automatic ladder: {@code name WxH/divisor @kbit/s}. */
  record Case(String name, List<Track> tracks, long declaredBps, List<String> rungs) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> automaticLadders() {
    return Stream.of(
        new Case(
            "1080p60",
            List.of(Sources.video(1920, 1080, 60), Sources.aac()),
            0,
            List.of(
                "720p 1280x720 @2800", "480p 854x480 @1200", "360p 640x360/2 @700", "audio-64k")),
        new Case(
            "1080p50",
            List.of(Sources.video(1920, 1080, 50)),
            0,
            List.of("720p 1280x720 @2800", "480p 854x480 @1200", "360p 640x360/2 @700")),
        new Case(
            "1080p30 keeps its frame rate",
            List.of(Sources.video(1920, 1080, 30), Sources.aac()),
            6_160_000,
            List.of("720p 1280x720 @2800", "480p 854x480 @1200", "360p 640x360 @700", "audio-64k")),
        new Case(
            "720p",
            List.of(Sources.video(1280, 720, 30), Sources.aac()),
            0,
            List.of("480p 854x480 @1200", "360p 640x360 @700", "audio-64k")),
        new Case(
            "360p", List.of(Sources.video(640, 360, 30), Sources.aac()), 0, List.of("audio-64k")),
        new Case("240p without sound", List.of(Sources.video(426, 240, 30)), 0, List.of()),
        new Case(
            "4K",
            List.of(Sources.video(3840, 2160, 60), Sources.aac()),
            0,
            List.of(
                "1440p 2560x1440 @8000",
                "1080p 1920x1080 @5000",
                "720p 1280x720 @2800",
                "480p 854x480 @1200",
                "360p 640x360/2 @700",
                "audio-64k")),
        new Case(
            "portrait",
            List.of(Sources.video(1080, 1920, 30)),
            0,
            List.of("720p 720x1280 @2800", "480p 480x854 @1200", "360p 360x640 @700")),
        new Case(
            "square",
            List.of(Sources.video(600, 600, 30)),
            0,
            List.of("480p 480x480 @1200", "360p 360x360 @700")),
        new Case(
            "odd size",
            List.of(Sources.video(1279, 721, 30)),
            0,
            List.of("480p 852x480 @1200", "360p 640x360 @700")),
        new Case(
            "one line more than a rung is not enough when rounded down",
            List.of(Sources.video(641, 361, 30)),
            0,
            List.of()),
        new Case(
            "PAL wide: pixels become square",
            List.of(Sources.anamorphic(720, 576, 16, 11)),
            0,
            List.of("480p 872x480 @1200", "360p 654x360 @700")),
        new Case(
            "an aspect that is an encoder's rounding",
            List.of(Sources.anamorphic(1280, 720, 1281, 1280)),
            0,
            List.of("480p 854x480 @1200", "360p 640x360 @700")),
        new Case(
            "HDV: 1440 broad, shown 1920",
            List.of(Sources.anamorphic(1440, 1080, 4, 3)),
            0,
            List.of("720p 1280x720 @2800", "480p 854x480 @1200", "360p 640x360 @700")),
        new Case(
            "a source of few bits has rungs of fewer",
            List.of(Sources.video(1920, 1080, 30), Sources.aac()),
            2_660_000,
            List.of("720p 1280x720 @1360", "480p 854x480 @740", "360p 640x360 @481", "audio-64k")),
        new Case(
            "rungs of hardly any bits are of no use",
            List.of(Sources.video(1920, 1080, 30)),
            350_000,
            List.of("720p 1280x720 @190", "480p 854x480 @103")),
        new Case(
            "a rate declared of video alone",
            List.of(Sources.video(1280, 720, 30)),
            1_200_000,
            List.of("480p 854x480 @653", "360p 640x360 @424")),
        new Case("audio only", List.of(Sources.aac()), 0, List.of("audio-64k")),
        new Case("MP3", List.of(Sources.mp3()), 0, List.of("audio-128k", "audio-64k")),
        new Case("mono", List.of(Sources.aacMono()), 0, List.of("audio-128k", "audio-64k")),
        new Case("5.1", List.of(Sources.aac51()), 0, List.of("audio-128k", "audio-64k")),
        new Case("HE-AAC", List.of(Sources.heAac()), 0, List.of("audio-128k", "audio-64k")),
        new Case("no tracks", List.of(), 0, List.of()),
        new Case(
            "multitrack",
            List.of(
                Sources.video(1920, 1080, 60),
                Sources.trackOne(Sources.video(1280, 720, 60)),
                Sources.mp3()),
            0,
            List.of()));
  }

  @ParameterizedTest
  @MethodSource
  void automaticLadders(Case given) {
    LadderPlan plan = plan(LadderSettings.DEFAULT, given.tracks, given.declaredBps, false);

    assertThat(described(plan)).isEqualTo(given.rungs);
    assertThat(plan.replacesVideo()).isEmpty();
    assertThat(plan.deinterlace()).isFalse();
  }

  @Test
  void measuredFrameRateCountsWhereTheTrackTellsNone() {
    List<Track> tracks = List.of(Sources.unknownRate(1280, 720));
    LadderPlanner planner = new LadderPlanner(LadderSettings.DEFAULT);

    assertThat(described(planner.plan(tracks, 0, OptionalDouble.of(59.9), false).plan()))
        .containsExactly("480p 854x480 @1200", "360p 640x360/2 @700");
    assertThat(described(planner.plan(tracks, 0, OptionalDouble.empty(), false).plan()))
        .containsExactly("480p 854x480 @1200", "360p 640x360 @700");
  }

  @Test
  void h265IsReplacedByARungOfItsSize() {
    LadderPlan plan = plan(LadderSettings.DEFAULT, List.of(Sources.hevc()), 0, false);

    assertThat(plan.replacesVideo())
        .isEqualTo("the source's video is H.265, which most browsers cannot play");
    assertThat(described(plan))
        .containsExactly(
            "source 1920x1080 @5000",
            "720p 1280x720 @2721",
            "480p 854x480 @1200",
            "360p 640x360 @700");
  }

  @Test
  void h265PassesIfTheOperatorSaysSo() {
    for (Track.Video source : List.of(Sources.hevc(), Sources.hevcTenBit())) {
      LadderPlan plan = plan(PASSTHROUGH, List.of(source), 0, false);

      assertThat(plan.replacesVideo()).isEmpty();
      assertThat(plan.names()).containsExactly("720p", "480p", "360p");
    }
  }

  @Test
  void interlacedPicturesAreReplacedAndDeinterlaced() {
    LadderPlan plan =
        plan(LadderSettings.DEFAULT, List.of(Sources.interlaced(1920, 1080)), 0, false);

    assertThat(plan.replacesVideo()).isEqualTo("the source's video is interlaced");
    assertThat(plan.deinterlace()).isTrue();
    assertThat(plan.names()).containsExactly("source", "720p", "480p", "360p");
  }

  @Test
  void deepAndDenseChromaAreReplaced() {
    assertThat(plan(LadderSettings.DEFAULT, List.of(Sources.tenBit()), 0, false).replacesVideo())
        .isEqualTo("the source's video has 10 bits a sample, browsers play 8");
    assertThat(plan(LadderSettings.DEFAULT, List.of(Sources.chroma422()), 0, false).replacesVideo())
        .isEqualTo("the source's video does not have 4:2:0 chroma, which is what browsers play");
  }

  @Test
  void keyFramesFarApartAreReplacedWhateverTheCodec() {
    LadderPlan plan =
        plan(LadderSettings.DEFAULT, List.of(Sources.video(640, 360, 30)), 500_000, true);

    assertThat(plan.replacesVideo())
        .isEqualTo("the source's video has key frames further apart than a segment may be long");
    assertThat(described(plan)).containsExactly("source 640x360 @500");
    assertThat(plan(PASSTHROUGH, List.of(Sources.hevc()), 0, true).names()).startsWith("source");
  }

  @Test
  void severalReasonsAreOneSentence() {
    assertThat(plan(LadderSettings.DEFAULT, List.of(Sources.hevcTenBit()), 0, true).replacesVideo())
        .isEqualTo(
            "the source's video is H.265, which most browsers cannot play, and has 10 bits a"
                + " sample, browsers play 8, and has key frames further apart than a segment may"
                + " be long");
  }

  @Test
  void replacementOfASlowSourceIsNotFasterThanItNeedsToBe() {
    assertThat(described(plan(LadderSettings.DEFAULT, List.of(Sources.tenBit()), 2_000_000, false)))
        .containsExactly(
            "source 1920x1080 @2000",
            "720p 1280x720 @1088",
            "480p 854x480 @592",
            "360p 640x360 @384");
    assertThat(described(plan(LadderSettings.DEFAULT, List.of(Sources.hevc()), 2_000_000, false)))
        .as("H.264 needs more bits than H.265")
        .containsExactly(
            "source 1920x1080 @3200",
            "720p 1280x720 @1741",
            "480p 854x480 @948",
            "360p 640x360 @615");
  }

  @Test
  void replacementBeyondTheTableGrowsWithTheArea() {
    LadderPlan plan =
        plan(LadderSettings.DEFAULT, List.of(Sources.interlaced(7680, 4320)), 0, false);

    assertThat(plan.video().getFirst())
        .isEqualTo(new VideoRung("source", Codec.H264, 7680, 4320, 1, 48_000_000));
  }

  @Test
  void replacementOfAnOddSizeIsEvenAndNotLarger() {
    LadderPlan plan =
        plan(LadderSettings.DEFAULT, List.of(Sources.interlaced(1279, 721)), 0, false);

    assertThat(plan.video().getFirst().width()).isEqualTo(1278);
    assertThat(plan.video().getFirst().height()).isEqualTo(720);
    assertThat(plan.names()).containsExactly("source", "480p", "360p");
  }

  @Test
  void listIsTakenAsItIsButNotAboveTheSource() {
    LadderSettings settings =
        list(
            new RungSetting(360, 500_000, Codec.H264),
            new RungSetting(1080, 9_000_000, Codec.H264),
            new RungSetting(720, 2_000_000, Codec.AV1),
            new RungSetting(720, 3_000_000, Codec.H264));

    PlannedLadder planned =
        new LadderPlanner(settings)
            .plan(List.of(Sources.video(1280, 720, 30)), 1_000_000, OptionalDouble.empty(), false);

    assertThat(described(planned.plan()))
        .containsExactly("720p-av1 1280x720 @1000", "720p 1280x720 @1000", "360p 640x360 @500");
    assertThat(planned.notes())
        .containsExactly(
            "rung 1080p is left out: the source is 1280x720",
            "rung 720p-av1 gets 1000 kbit/s: the source has no more",
            "rung 720p gets 1000 kbit/s: the source has no more");
  }

  @Test
  void listDoesNotRepeatTheReplacedSource() {
    LadderSettings settings =
        list(
            new RungSetting(1080, 9_000_000, Codec.H264),
            new RungSetting(720, 3_000_000, Codec.H264));

    PlannedLadder planned =
        new LadderPlanner(settings)
            .plan(List.of(Sources.tenBit()), 0, OptionalDouble.empty(), false);

    assertThat(planned.plan().names()).containsExactly("source", "720p");
    assertThat(planned.notes()).containsExactly("rung 1080p is left out: rung source has its size");
  }

  @Test
  void noneIsNothingWhateverTheSource() {
    LadderSettings none =
        new LadderSettings(
            Mode.NONE,
            LadderSettings.DEFAULT_TABLE,
            List.of(),
            HevcPolicy.H264,
            List.of(128_000L, 64_000L));

    assertThat(plan(none, List.of(Sources.hevc(), Sources.mp3()), 0, true))
        .isEqualTo(LadderPlan.NONE);
  }

  @Test
  void audioRungsFollowTheSettings() {
    LadderSettings settings =
        new LadderSettings(
            Mode.AUTO,
            LadderSettings.DEFAULT_TABLE,
            List.of(),
            HevcPolicy.H264,
            List.of(192_000L, 96_000L, 48_000L));

    assertThat(plan(settings, List.of(Sources.mp3()), 0, false).audio())
        .containsExactly(
            new AudioRung("audio-192k", 192_000),
            new AudioRung("audio-96k", 96_000),
            new AudioRung("audio-48k", 48_000));
    assertThat(plan(settings, List.of(Sources.aac()), 0, false).names())
        .as("AAC-LC stereo of the source is the best one")
        .containsExactly("audio-96k", "audio-48k");
  }

  @Test
  void noRungIsEverLargerThanItsSourceOrOddOrDistorted() {
    Random random = new Random(3);
    for (int i = 0; i < 5_000; i++) {
      int width = 16 + random.nextInt(4081);
      int height = 16 + random.nextInt(4081);
      double fps = 1 + random.nextInt(120);
      boolean farApart = random.nextBoolean();
      LadderPlan plan =
          plan(
              LadderSettings.DEFAULT,
              List.of(Sources.video(width, height, fps)),
              random.nextInt(10_000_000),
              farApart);
      assertThat(plan.names()).doesNotHaveDuplicates();
      int widest = Integer.MAX_VALUE;
      for (VideoRung rung : plan.video()) {
        assertThat(rung.width() % 2 + rung.height() % 2).isZero();
        assertThat(rung.width()).isLessThanOrEqualTo(Math.min(width, widest));
        assertThat(rung.height()).isLessThanOrEqualTo(height);
        double lost = Math.abs((double) rung.width() * height - (double) rung.height() * width);
        assertThat(lost)
            .as("%dx%d of %dx%d", rung.width(), rung.height(), width, height)
            .isLessThanOrEqualTo(2.0 * Math.max(width, height));
        widest = rung.width();
      }
    }
  }

  private static LadderSettings list(RungSetting... rungs) {
    return new LadderSettings(
        Mode.LIST,
        LadderSettings.DEFAULT_TABLE,
        List.of(rungs),
        HevcPolicy.H264,
        List.of(128_000L, 64_000L));
  }

  private static LadderPlan plan(
      LadderSettings settings, List<Track> tracks, long declaredBps, boolean farApart) {
    return new LadderPlanner(settings)
        .plan(tracks, declaredBps, OptionalDouble.empty(), farApart)
        .plan();
  }

  private static List<String> described(LadderPlan plan) {
    return Stream.concat(
            plan.video().stream()
                .map(
                    rung ->
                        rung.name()
                            + " "
                            + rung.width()
                            + "x"
                            + rung.height()
                            + (rung.frameDivisor() == 1 ? "" : "/" + rung.frameDivisor())
                            + " @"
                            + rung.bitrateBps() / 1000),
            plan.audio().stream().map(AudioRung::name))
        .toList();
  }
}
