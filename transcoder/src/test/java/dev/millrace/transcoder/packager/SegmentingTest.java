package dev.millrace.transcoder.packager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.transcoder.packager.FragmentReader.ReadSample;
import dev.millrace.transcoder.packager.RecordedLog.Line;
import dev.millrace.transcoder.packager.Rig.Timed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SegmentingTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "24, 48",
    "25, 50",
    "30, 60",
    "29.97, 60",
    "23.976, 48",
    "60, 120",
    "50, 100",
    "15, 30",
    "12.5, 25",
    "29.83, 60"
  })
  void cutsRegularSourcesIntoEvenSegmentsAndParts(double fps, int gop) {
    for (double declared : new double[] {fps, 0}) {
      Rig rig = new Rig(folder);
      List<Timed> video = Sources.video(fps, 0, 21, gop);
      rig.start(Rig.videoTrack(declared), Rig.audioTrack(48_000))
          .play(video, Sources.audio(48_000, 0, 21))
          .endSession()
          .endStream();

      RecordedLog log = rig.checked();
      assertThat(log.ended).isTrue();
      NavigableMap<Long, List<Line>> segments = RecordedLog.segments(log.video());
      List<Long> lengths = segments.values().stream().map(RecordedLog::durationUs).toList();
      assertThat(lengths.subList(0, lengths.size() - 1))
          .allSatisfy(us -> assertThat(us / 1e6).isBetween(gop / fps - 0.002, gop / fps + 0.002));
      assertThat(segments.values()).allMatch(parts -> parts.getFirst().entry().independent());
      assertPresentationTimesExact(log, video);
      assertThat(rig.warned).isEmpty();
      int rate = log.described("video").getLast().frameRateMilli();
      assertThat(rate / 1000.0).isBetween(fps * 0.995, fps * 1.005);
    }
  }

  /** Every frame is there once, shown at the publisher's time, media time 0 at the first. */
  private static void assertPresentationTimesExact(RecordedLog log, List<Timed> video) {
    List<ReadSample> samples = RecordedLog.samples(log.video());
    assertThat(samples).hasSize(video.size());
    long origin = video.getFirst().ptsUs();
    for (int i = 0; i < samples.size(); i++) {
      long expected = Math.round((video.get(i).ptsUs() - origin) * 0.09);
      assertThat(samples.get(i).presentationTime()).isEqualTo(expected);
    }
    assertThat(samples.getFirst().decodeTime()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"24, 48, 2", "30, 60, 1", "25, 50, 3", "60, 120, 3"})
  void keepsPresentationTimesOfReorderedFrames(double fps, int gop, int depth) {
    Rig rig = new Rig(folder);
    List<Timed> video = Sources.video(fps, 0, 12, i -> i % gop == 0, depth);
    rig.start(Rig.videoTrack(fps), Rig.audioTrack(44_100))
        .play(video, Sources.audio(44_100, 0, 12))
        .endSession();

    RecordedLog log = rig.checked();
    assertPresentationTimesExact(log, video);
    List<ReadSample> samples = RecordedLog.samples(log.video());
    assertThat(samples.stream().map(ReadSample::presentationTime).distinct().count())
        .isEqualTo(samples.size());
    assertThat(samples).anyMatch(sample -> sample.compositionOffset() < 0);
    // The first key frame of each segment is shown when the segment begins.
    assertThat(log.video())
        .filteredOn(line -> line.entry().position().part() == 0)
        .allSatisfy(
            line ->
                assertThat(line.fragment().orElseThrow().samples().getFirst().compositionOffset())
                    .isBetween(-180, 180));
  }

  @Test
  void closesPartsOnArrivalOfTheirLastFrame() {
    Rig rig = new Rig(folder);
    rig.start(Rig.videoTrack(30)).play(Sources.video(30, 0, 10, 60));

    for (Line line : rig.checked().video()) {
      long end = line.endPdtUs() - (Rig.START_S * 1_000_000);
      long late = line.atNanos() / 1_000 - end;
      // One frame before its end; only the last part of a segment waits for the key frame.
      if (line.entry().endOfSegment()) {
        assertThat(late).isBetween(-2_000L, 2_000L);
      } else {
        assertThat(late).isBetween(-35_000L, -31_000L);
      }
    }
  }

  @Test
  void waitsForAKeyFrameUpToTheTargetDuration() {
    Rig rig = new Rig(folder);
    rig.start(Rig.videoTrack(30), Rig.audioTrack(48_000))
        .play(Sources.video(30, 0, 30, 120), Sources.audio(48_000, 0, 30))
        .endSession();

    NavigableMap<Long, List<Line>> segments = RecordedLog.segments(rig.checked().video());
    assertThat(segments.firstEntry().getValue()).isNotEmpty();
    assertThat(segments.values().stream().limit(7))
        .allMatch(parts -> Math.abs(RecordedLog.durationUs(parts) - 4_000_000) < 2_000)
        .allMatch(parts -> parts.getFirst().entry().independent());
    assertThat(rig.warned).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"30, 250", "60, 500", "30, 300", "30, 123", "24, 720", "29.97, 250"})
  void cutsLongGroupsEvenlyAndBeginsASegmentAtEveryKeyFrame(double fps, int gop) {
    Rig rig = new Rig(folder);
    List<Timed> video = Sources.video(fps, 0, 65, gop);
    rig.start(Rig.videoTrack(fps), Rig.audioTrack(48_000))
        .play(video, Sources.audio(48_000, 0, 65))
        .endSession();

    RecordedLog log = rig.checked();
    assertPresentationTimesExact(log, video);
    assertThat(rig.warned).contains("gop-too-long");
    assertThat(rig.warned.stream().filter("gop-too-long"::equals).count()).isLessThan(4);
    List<Line> lines = log.video();
    long keyStarts = lines.stream().filter(line -> line.entry().independent()).count();
    long keys = video.stream().filter(Timed::key).count();
    assertThat(keyStarts).isEqualTo(keys);
    assertThat(lines.stream().filter(line -> line.entry().independent()))
        .allMatch(line -> line.entry().position().part() == 0);
  }

  @Test
  void takesUnevenKeyFrames() {
    Random random = new Random(5);
    List<Integer> keys = new ArrayList<>(List.of(0));
    while (keys.getLast() < 1800) {
      keys.add(keys.getLast() + 10 + random.nextInt(110));
    }
    Rig rig = new Rig(folder);
    List<Timed> video = Sources.video(30, 0, 60, keys::contains, 0);
    rig.start(Rig.videoTrack(30), Rig.audioTrack(48_000))
        .play(video, Sources.audio(48_000, 0, 60))
        .endSession();

    RecordedLog log = rig.checked();
    assertPresentationTimesExact(log, video);
    NavigableMap<Long, List<Line>> segments = RecordedLog.segments(log.video());
    List<List<Line>> all = new ArrayList<>(segments.values());
    assertThat(all.subList(0, all.size() - 1))
        .filteredOn(parts -> parts.getFirst().entry().independent())
        .hasSizeGreaterThan(10);
    assertThat(rig.warned).contains("gop-uneven");
  }

  @Test
  void takesVariableFrameRate() {
    Random random = new Random(7);
    List<Timed> all = Sources.video(24, 0, 40, 48);
    List<Timed> video = new ArrayList<>();
    for (Timed frame : all) {
      if (frame.key() || random.nextInt(3) > 0) {
        video.add(frame);
      }
    }
    Rig rig = new Rig(folder);
    rig.rules.coarseGrid();
    rig.start(Rig.videoTrack(24), Rig.audioTrack(48_000))
        .play(video, Sources.audio(48_000, 0, 40))
        .endSession();

    assertPresentationTimesExact(rig.checked(), video);
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "1.5, 3", "5, 10", "3, 6"})
  void takesFramesFurtherApartThanThePartTarget(double fps, int gop) {
    Rig rig = new Rig(folder);
    rig.rules.coarseGrid();
    List<Timed> video = Sources.video(fps, 0, 30, gop);
    rig.start(Rig.videoTrack(fps), Rig.audioTrack(48_000))
        .play(video, Sources.audio(48_000, 0, 30))
        .endSession();

    assertPresentationTimesExact(rig.checked(), video);
    if (fps < 1.9) {
      assertThat(rig.warnings).containsKey("frame-rate-low");
    } else {
      assertThat(rig.warnings).isEmpty();
    }
  }

  @Test
  void believesTheFramesRatherThanADeclaredRate() {
    Rig rig = new Rig(folder);
    List<Timed> video = Sources.video(15, 0, 12, 30);
    rig.start(Rig.videoTrack(60)).play(video).endSession();

    RecordedLog log = rig.checked();
    assertPresentationTimesExact(log, video);
    assertThat(log.described("video").getFirst().frameRateMilli()).isBetween(14_900, 15_100);
  }

  @Test
  void framesWhoseTimeStandsStillDoNotPileUp() {
    Rig rig = new Rig(folder);
    rig.rules.coarseGrid();
    List<Timed> video = new ArrayList<>(Sources.video(30, 0, 3, 60));
    Timed last = video.getLast();
    for (int i = 0; i < 5_000; i++) {
      video.add(last);
    }
    rig.start(Rig.videoTrack(30)).play(video);

    assertThat(RecordedLog.samples(rig.checked().video())).hasSizeGreaterThan(4_000);
  }

  @Test
  void dropsDamagedFrames() {
    Rig rig = new Rig(folder);
    List<Timed> video = new ArrayList<>(Sources.video(30, 0, 6, 60));
    Timed good = video.get(70);
    video.set(
        70,
        new Timed(
            good.type(),
            good.arrivalUs(),
            good.dtsUs(),
            good.ptsUs(),
            false,
            Bytes.fromHex("0000ffff 4100")));
    rig.start(Rig.videoTrack(30)).play(video).endSession();

    assertThat(RecordedLog.samples(rig.checked().video())).hasSize(179);
    assertThat(rig.warnings.get("damaged-frames")).startsWith("a damaged video frame");
  }
}
