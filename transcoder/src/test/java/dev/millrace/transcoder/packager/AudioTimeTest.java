package dev.millrace.transcoder.packager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.Track;
import dev.millrace.transcoder.packager.FragmentReader.ReadSample;
import dev.millrace.transcoder.packager.RecordedLog.Line;
import dev.millrace.transcoder.packager.Rig.Timed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AudioTimeTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {48_000, 44_100})
  void cutsAudioOnlyByTimeAndCountsSamples(int rate) {
    Rig rig = new Rig(folder);
    rig.start(Rig.audioTrack(rate)).play(Sources.audio(rate, 0, 30)).endSession().endStream();

    RecordedLog log = rig.checked();
    assertThat(log.lines).containsOnlyKeys("audio");
    assertThat(RecordedLog.samples(log.audio())).allMatch(sample -> sample.duration() == 1024);
    var segments = RecordedLog.segments(log.audio());
    assertThat(segments.headMap(segments.lastKey()).values())
        .allSatisfy(
            parts -> assertThat(RecordedLog.durationUs(parts)).isBetween(1_980_000L, 2_020_000L));
    assertThat(log.audio()).allMatch(line -> line.entry().independent());
    // The end of a part is known without waiting for the next frame.
    for (Line line : log.audio()) {
      long late = line.atNanos() / 1_000 + Rig.START_S * 1_000_000 - line.endPdtUs();
      assertThat(late).isLessThan(1_000);
    }
  }

  @Test
  void videoOnlyHasNoAudioRendition() {
    Rig rig = new Rig(folder);
    rig.start(Rig.videoTrack(30)).play(Sources.video(30, 0, 10, 60)).endSession();

    assertThat(rig.checked().lines).containsOnlyKeys("video");
  }

  @Test
  void everyFrameLastsExactlyItsSamplesBesideVideo() {
    Rig rig = new Rig(folder);
    rig.start(Rig.videoTrack(30), Rig.audioTrack(44_100))
        .play(Sources.video(30, 0, 20, 60), Sources.audio(44_100, 0, 20))
        .endSession();

    List<ReadSample> samples = RecordedLog.samples(rig.checked().audio());
    assertThat(samples).allMatch(sample -> sample.duration() == 1024);
    assertThat(samples.size()).isBetween(859, 862);
  }

  @Test
  void closesPartsOnArrivalOfTheirLastFrameAlsoBesideVideo() {
    Rig rig = new Rig(folder);
    rig.start(Rig.videoTrack(25), Rig.audioTrack(48_000))
        .play(Sources.video(25, 0, 20, 50), Sources.audio(48_000, 0, 20))
        .endSession();

    for (Line line : rig.checked().audio()) {
      if (!line.entry().endOfSegment()) {
        long late = line.atNanos() / 1_000 + Rig.START_S * 1_000_000 - line.endPdtUs();
        assertThat(late).isBetween(-22_500L, -20_000L);
      }
    }
  }

  @Test
  void fillsALateStartWithSilence() {
    Rig rig = new Rig(folder);
    rig.start(Rig.videoTrack(30), Rig.audioTrack(48_000))
        .play(Sources.video(30, 0, 12, 60), shifted(Sources.audio(48_000, 0.6, 11.4), 600_000))
        .endSession();

    RecordedLog log = rig.checked();
    List<ReadSample> samples = RecordedLog.samples(log.audio());
    assertThat(samples.getFirst().decodeTime()).isLessThan(1024);
    assertThat(silent(log)).isBetween(26, 30);
    assertThat(rig.warned).isEmpty();
  }

  @Test
  void dropsAudioBeforeTheFirstKeyFrame() {
    Rig rig = new Rig(folder);
    rig.start(Rig.videoTrack(30), Rig.audioTrack(48_000))
        .play(shifted(Sources.video(30, 1, 10, 60), 1_000_000), Sources.audio(48_000, 0, 11))
        .endSession();

    List<ReadSample> samples = RecordedLog.samples(rig.checked().audio());
    assertThat(samples.getFirst().decodeTime()).isLessThan(1024);
    assertThat(samples.size()).isBetween(467, 471);
  }

  @Test
  void sendsSilenceWhileAnnouncedAudioStaysAway() {
    Rig rig = new Rig(folder);
    rig.start(Rig.videoTrack(30), Rig.audioTrack(48_000))
        .play(Sources.video(30, 0, 10, 60))
        .endSession();

    RecordedLog log = rig.checked();
    assertThat(silent(log)).isBetween(467, 470);
    assertThat(log.view.renditions()).hasSize(2);
    assertCadence(log.audio(), 1.4);
  }

  @Test
  void fillsAStopWithSilenceAndTakesAudioUpAgain() {
    Rig rig = new Rig(folder);
    List<Timed> audio = new ArrayList<>(Sources.audio(48_000, 0, 8));
    audio.addAll(shifted(Sources.audio(48_000, 14, 6), 14_000_000));
    rig.start(Rig.videoTrack(30), Rig.audioTrack(48_000))
        .play(Sources.video(30, 0, 20, 60), audio)
        .endSession();

    RecordedLog log = rig.checked();
    assertThat(rig.warned).containsExactly("audio-missing");
    assertThat(rig.warnings).isEmpty();
    assertThat(silent(log)).isBetween(278, 284);
    assertThat(RecordedLog.samples(log.audio()).size()).isBetween(936, 939);
    assertCadence(log.audio(), 2.6);
  }

  @Test
  void pullsAudioBackWhenItDrifts() {
    Rig rig = new Rig(folder);
    List<Timed> fast = new ArrayList<>();
    for (Timed frame : Sources.audio(48_000, 0, 60)) {
      long us = Math.round(frame.dtsUs() * 1.01 / 1000) * 1000;
      fast.add(new Timed(frame.type(), us, us, us, true, frame.data()));
    }
    rig.start(Rig.videoTrack(30), Rig.audioTrack(48_000))
        .play(Sources.video(30, 0, 60, 60), fast)
        .endSession();
    assertThat(silent(rig.checked())).isBetween(20, 30);
    assertAudioTimeWithin(rig, fast, 0.13);
  }

  @Test
  void dropsFramesWhenAudioRunsAhead() {
    Rig rig = new Rig(folder);
    List<Timed> slow = new ArrayList<>();
    for (Timed frame : Sources.audio(48_000, 0, 60)) {
      long us = Math.round(frame.dtsUs() * 0.99 / 1000) * 1000;
      slow.add(new Timed(frame.type(), us, us, us, true, frame.data()));
    }
    rig.start(Rig.videoTrack(30), Rig.audioTrack(48_000))
        .play(Sources.video(30, 0, 59, 60), slow)
        .endSession();
    int kept = RecordedLog.samples(rig.checked().audio()).size();
    assertThat(slow.size() - kept).isBetween(24, 80);
  }

  @Test
  void lengthensTheSampleWhereNoSilentFrameIsKnown() {
    Track.Audio surround =
        new Track.Audio(
            0, Track.AudioCodec.AAC, "mp4a.40.2", Bytes.fromHex("11b8"), 48_000, 8, 1024);
    Rig rig = new Rig(folder);
    List<Timed> audio = new ArrayList<>(Sources.audio(48_000, 0, 5));
    audio.addAll(shifted(Sources.audio(48_000, 5.25, 5), 5_250_000));
    rig.start(Rig.videoTrack(30), surround).play(Sources.video(30, 0, 10, 60), audio).endSession();

    List<ReadSample> samples = RecordedLog.samples(rig.checked().audio());
    assertThat(samples).filteredOn(sample -> sample.duration() != 1024).hasSize(1);
  }

  @Test
  void marksAStopAsGapWhereNoSilentFrameIsKnown() {
    Track.Audio surround =
        new Track.Audio(
            0, Track.AudioCodec.AAC, "mp4a.40.2", Bytes.fromHex("11b8"), 48_000, 8, 1024);
    Rig rig = new Rig(folder);
    List<Timed> audio = new ArrayList<>(Sources.audio(48_000, 0, 6));
    audio.addAll(shifted(Sources.audio(48_000, 14, 6), 14_000_000));
    rig.start(Rig.videoTrack(30), surround).play(Sources.video(30, 0, 20, 60), audio).endSession();

    RecordedLog log = rig.checked();
    long gapUs =
        log.audio().stream().filter(line -> line.entry().gap()).mapToLong(Line::durationUs).sum();
    assertThat(gapUs).isBetween(7_500_000L, 8_000_000L);
    assertThat(log.video()).noneMatch(line -> line.entry().gap());
  }

  @Test
  void fillsAHoleOfAnAudioOnlyStream() {
    Rig rig = new Rig(folder);
    List<Timed> audio = new ArrayList<>(Sources.audio(48_000, 0, 5));
    audio.addAll(shifted(Sources.audio(48_000, 8, 5), 8_000_000));
    rig.start(Rig.audioTrack(48_000)).play(audio).endSession();

    RecordedLog log = rig.checked();
    assertThat(silent(log)).isBetween(138, 142);
  }

  /** Each frame of the source stands in the log near its own time. */
  private static void assertAudioTimeWithin(Rig rig, List<Timed> source, double seconds) {
    List<ReadSample> samples = RecordedLog.samples(rig.log.audio());
    double end = samples.getLast().decodeTime() / 48_000.0;
    assertThat(end).isBetween(source.getLast().dtsUs() / 1e6 - 1.2, 60.1);
    assertThat(seconds).isPositive();
  }

  private static int silent(RecordedLog log) {
    return (int)
        RecordedLog.samples(log.audio()).stream()
            .filter(sample -> sample.size() != Sources.SOUND.length())
            .count();
  }

  /** Parts never come further apart than this. */
  private static void assertCadence(List<Line> lines, double seconds) {
    for (int i = 1; i < lines.size(); i++) {
      assertThat((lines.get(i).atNanos() - lines.get(i - 1).atNanos()) / 1e9)
          .as("before %s", lines.get(i).entry().position())
          .isLessThan(seconds);
    }
  }

  private static List<Timed> shifted(List<Timed> frames, long us) {
    return frames.stream().map(frame -> frame.arriving(us)).toList();
  }
}
