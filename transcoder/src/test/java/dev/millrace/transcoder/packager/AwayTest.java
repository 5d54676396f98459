package dev.millrace.transcoder.packager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.Track;
import dev.millrace.media.live.StreamEvent.TimeBroken;
import dev.millrace.media.log.AppendResult;
import dev.millrace.transcoder.packager.RecordedLog.Line;
import dev.millrace.transcoder.packager.Rig.Timed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions that end and come back, tracks that stop, clocks that jump. */
class AwayTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {0, 300, 512, 5_123, 27_000})
  void bridgesAReconnectWithGapsAndADiscontinuity(long awayMs) {
    Rig rig = new Rig(folder);
    Track[] tracks = {Rig.videoTrack(30), Rig.audioTrack(48_000)};
    rig.start(tracks)
        .play(Sources.video(30, 0, 7.3, 60), Sources.audio(48_000, 0, 7.3))
        .endSession()
        .idle(awayMs)
        .start(tracks)
        .play(Sources.video(30, 0, 6, 60), Sources.audio(48_000, 0, 6))
        .endSession()
        .idle(30_000)
        .endStream();

    RecordedLog log = rig.checked();
    assertThat(log.opened.get()).isEqualTo(1);
    assertThat(log.ended).isTrue();
    for (List<Line> lines : List.of(log.video(), log.audio())) {
      assertThat(lines.stream().map(line -> line.entry().discontinuitySequence()).distinct())
          .hasSize(2);
      long gapMs =
          lines.stream()
                  .filter(line -> line.entry().gap())
                  .filter(line -> line.atNanos() < 9_000_000_000L + awayMs * 1_000_000)
                  .mapToLong(Line::durationUs)
                  .sum()
              / 1_000;
      assertThat(gapMs).isBetween(Math.max(0, awayMs - 600), awayMs + 2);
      assertCadence(lines, 0.7);
      assertMediaRestartsAtZero(lines);
    }
    // Dates follow real time: the end of the log is now.
    assertThat(rig.wallUs() - log.video().getLast().endPdtUs()).isBetween(-50_000L, 600_000L);
    // Segments are gap or media, never both.
    assertThat(RecordedLog.segments(log.video()).values())
        .allMatch(
            parts ->
                parts.stream()
                        .filter(line -> !line.entry().isEndMarker())
                        .map(line -> line.entry().gap())
                        .distinct()
                        .count()
                    == 1);
  }

  private static void assertMediaRestartsAtZero(List<Line> lines) {
    long sequence = -1;
    for (Line line : lines) {
      if (line.fragment().isPresent() && line.entry().discontinuitySequence() != sequence) {
        sequence = line.entry().discontinuitySequence();
        assertThat(line.fragment().get().baseDecodeTime()).isLessThan(1100);
      }
    }
  }

  private static void assertCadence(List<Line> lines, double seconds) {
    for (int i = 1; i < lines.size(); i++) {
      assertThat((lines.get(i).atNanos() - lines.get(i - 1).atNanos()) / 1e9)
          .as("before %s", lines.get(i).entry().position())
          .isLessThan(seconds);
    }
  }

  @Test
  void catchesUpWhenTheEndIsNoticedLate() {
    Rig rig = new Rig(folder);
    rig.start(Rig.videoTrack(30), Rig.audioTrack(48_000))
        .play(Sources.video(30, 0, 6, 60), Sources.audio(48_000, 0, 6))
        .idle(4_000)
        .endSession();

    RecordedLog log = rig.checked();
    assertThat(rig.wallUs() - log.video().getLast().endPdtUs()).isBetween(0L, 512_000L);
  }

  @Test
  void takeoverBeginsBehindADiscontinuityAtOnce() {
    Rig rig = new Rig(folder);
    rig.start(Rig.videoTrack(30)).play(Sources.video(30, 0, 5, 60));
    rig.start(Rig.videoTrack(30)).play(Sources.video(30, 0, 5, 60)).endSession();

    RecordedLog log = rig.checked();
    assertThat(log.video()).noneMatch(line -> line.entry().gap());
    assertThat(RecordedLog.samples(log.video())).hasSize(300);
  }

  @Test
  void newParameterSetsGetANewInitBehindADiscontinuity() {
    Track.Video first = Rig.videoTrack(30);
    Track.Video second =
        new Track.Video(
            0,
            Track.VideoCodec.AVC,
            "avc1.42c01e",
            Bytes.fromHex(
                "0142c01effe10019 6742c01ed890280bfe5c0440000003004000000c83c58b8980"
                    + "01000568c888cb20"),
            640,
            360,
            1,
            1,
            first.frameRate(),
            false);
    Rig rig = new Rig(folder);
    rig.start(first, Rig.audioTrack(48_000))
        .play(Sources.video(30, 0, 5, 60), Sources.audio(48_000, 0, 5))
        .tracks(second, Rig.audioTrack(48_000))
        .play(Sources.video(30, 5, 5, 60), Sources.audio(48_000, 5, 5))
        .endSession();

    RecordedLog log = rig.checked();
    assertThat(log.video().stream().map(line -> line.entry().init()).distinct()).hasSize(2);
    assertThat(log.audio().stream().map(line -> line.entry().init()).distinct()).hasSize(1);
    assertThat(log.video()).noneMatch(line -> line.entry().gap());
    assertThat(log.video().stream().map(line -> line.entry().discontinuitySequence()).distinct())
        .hasSize(2);
    assertThat(RecordedLog.samples(log.video())).hasSize(300);
    assertThat(RecordedLog.samples(log.audio()).size()).isGreaterThan(464);
  }

  @Test
  void anAudioConfigurationThatMeansTheSameChangesNothing() {
    Track.Audio audio = Rig.audioTrack(48_000);
    Track.Audio noSbr =
        new Track.Audio(
            0, audio.codec(), audio.codecs(), Bytes.fromHex("119056e500"), 48_000, 2, 1024);
    Rig rig = new Rig(folder);
    rig.start(Rig.videoTrack(30), audio)
        .play(Sources.video(30, 0, 5, 300), Sources.audio(48_000, 0, 5))
        .tracks(Rig.videoTrack(30), noSbr)
        .play(Sources.video(30, 5, 5, frame -> false, 0), Sources.audio(48_000, 5, 5))
        .endSession();

    RecordedLog log = rig.checked();
    assertThat(RecordedLog.samples(log.video())).hasSize(300);
    assertThat(log.video().stream().map(line -> line.entry().discontinuitySequence()).distinct())
        .hasSize(1);
  }

  @Test
  void audioThatIsAnnouncedLateJoinsAtTheSameNumbers() {
    Rig rig = new Rig(folder);
    rig.start(Rig.videoTrack(30)).play(Sources.video(30, 0, 5, 60));
    rig.tracks(Rig.videoTrack(30), Rig.audioTrack(48_000))
        .play(Sources.video(30, 5, 6, 60), Sources.audio(48_000, 5, 6))
        .endSession();

    RecordedLog log = rig.checked();
    assertThat(log.audio().getFirst().entry().position().msn())
        .isGreaterThan(log.video().getFirst().entry().position().msn());
  }

  @Test
  void aTrackThatIsGoneBecomesAGap() {
    Rig rig = new Rig(folder);
    rig.start(Rig.videoTrack(30), Rig.audioTrack(48_000))
        .play(Sources.video(30, 0, 5, 60), Sources.audio(48_000, 0, 5))
        .endSession()
        .idle(1_000)
        .start(Rig.videoTrack(30))
        .play(Sources.video(30, 0, 7, 60))
        .endSession()
        .idle(1_000)
        .start(Rig.audioTrack(48_000))
        .play(Sources.audio(48_000, 0, 7))
        .endSession()
        .endStream();

    RecordedLog log = rig.checked();
    assertThat(log.audio()).anyMatch(line -> line.entry().gap());
    assertThat(log.video()).anyMatch(line -> line.entry().gap());
  }

  @Test
  void aJumpOfTheClockGetsADiscontinuityAndMediaTimeGoesOn() {
    Rig rig = new Rig(folder);
    rig.start(Rig.videoTrack(30), Rig.audioTrack(48_000))
        .play(Sources.video(30, 0, 5, 60), Sources.audio(48_000, 0, 5))
        .idle(3_000);
    rig.on(new TimeBroken("jump of 3 s"));
    rig.play(Sources.video(30, 5, 6, 30), Sources.audio(48_000, 5, 6)).endSession();

    RecordedLog log = rig.checked();
    Line last = log.video().getLast();
    assertThat(log.video().stream().map(line -> line.entry().discontinuitySequence()).distinct())
        .hasSize(2);
    assertThat(last.fragment().orElseThrow().end()).isBetween(989_000L, 991_000L);
    assertThat(rig.wallUs() - last.endPdtUs()).isBetween(-50_000L, 50_000L);
  }

  @Test
  void videoThatStopsBecomesAGapAndComesBack() {
    Rig rig = new Rig(folder);
    List<Timed> video = new ArrayList<>(Sources.video(30, 0, 5, 60));
    video.addAll(Sources.video(30, 15, 6, 60).stream().map(f -> f.arriving(15_000_000)).toList());
    rig.start(Rig.videoTrack(30), Rig.audioTrack(48_000))
        .play(video, Sources.audio(48_000, 0, 21))
        .endSession();

    RecordedLog log = rig.checked();
    assertThat(rig.warned).containsExactly("video-missing");
    assertThat(rig.warnings).isEmpty();
    assertThat(log.audio()).noneMatch(line -> line.entry().gap());
    assertThat(RecordedLog.samples(log.video())).hasSize(330);
    assertThat(log.video().stream().map(line -> line.entry().discontinuitySequence()).distinct())
        .hasSize(1);
    assertCadence(log.audio(), 2.6);
  }

  @Test
  void videoThatComesBackAmidLaterAudioWaitsForAKeyFrameOnlyIfItMust() {
    for (long lateUs : new long[] {60_000, 400_000}) {
      Rig rig = new Rig(folder);
      List<Timed> video = new ArrayList<>(Sources.video(30, 0, 5, 60));
      video.addAll(
          Sources.video(30, 14.3, 6, 60).stream()
              .map(frame -> frame.arriving(14_300_000 + lateUs))
              .toList());
      rig.start(Rig.videoTrack(30), Rig.audioTrack(48_000))
          .play(video, Sources.audio(48_000, 0, 21))
          .endSession();

      RecordedLog log = rig.checked();
      assertThat(RecordedLog.samples(log.video())).hasSize(lateUs < 100_000 ? 330 : 270);
      assertThat(log.video().stream().filter(line -> line.entry().position().part() == 0))
          .allMatch(line -> line.entry().gap() || line.entry().independent());
    }
  }

  @Test
  void aHoleInBothTracksIsGapAndSilence() {
    Rig rig = new Rig(folder);
    List<Timed> video = new ArrayList<>(Sources.video(30, 0, 5, 60));
    List<Timed> audio = new ArrayList<>(Sources.audio(48_000, 0, 5));
    video.addAll(Sources.video(30, 14, 6, 60).stream().map(f -> f.arriving(14_000_000)).toList());
    audio.addAll(Sources.audio(48_000, 14, 6).stream().map(f -> f.arriving(14_000_000)).toList());
    rig.start(Rig.videoTrack(30), Rig.audioTrack(48_000)).play(video, audio).endSession();

    rig.checked();
    Rig videoOnly = new Rig(folder);
    videoOnly.start(Rig.videoTrack(30)).play(video).endSession();
    videoOnly.checked();
  }

  @Test
  void nothingIsShownBeforeAKeyFrame() {
    Rig rig = new Rig(folder);
    rig.start(Rig.videoTrack(30), Rig.audioTrack(48_000))
        .play(Sources.video(30, 0, 12, frame -> frame == 290, 0), Sources.audio(48_000, 0, 12))
        .endSession();

    RecordedLog log = rig.checked();
    assertThat(rig.warned).contains("no-key-frame");
    assertThat(RecordedLog.samples(log.video())).hasSize(70);
  }

  @Test
  void videoThatWasAnnouncedButCameLateBeginsAfterADiscontinuity() {
    Rig rig = new Rig(folder);
    rig.start(Rig.videoTrack(30), Rig.audioTrack(48_000))
        .play(
            Sources.video(30, 8, 6, 60).stream().map(f -> f.arriving(8_000_000)).toList(),
            Sources.audio(48_000, 0, 14))
        .endSession();

    RecordedLog log = rig.checked();
    assertThat(log.audio().getFirst().entry().position().msn())
        .isLessThan(log.video().getFirst().entry().position().msn());
    assertThat(RecordedLog.samples(log.video())).hasSize(180);
  }

  @Test
  void shortSessionsLeaveAConsistentLog() {
    Random random = new Random(11);
    Rig rig = new Rig(folder);
    rig.rules.coarseGrid();
    for (int i = 0; i < 60; i++) {
      boolean withAudio = random.nextInt(4) > 0;
      Track[] tracks =
          withAudio
              ? new Track[] {Rig.videoTrack(30), Rig.audioTrack(48_000)}
              : new Track[] {Rig.videoTrack(30)};
      double seconds = random.nextInt(40) * 0.1;
      rig.start(tracks)
          .play(
              Sources.video(30, random.nextInt(20), seconds, 45),
              withAudio ? Sources.audio(48_000, 3, seconds) : List.of())
          .endSession()
          .idle(random.nextInt(3_000));
    }
    rig.endStream();

    rig.checked();
  }

  @Test
  void stopsWhenTheSinkKnowsANewerSessionAndStartsAfreshWithTheNext() {
    Rig rig = new Rig(folder);
    rig.start(Rig.videoTrack(30)).play(Sources.video(30, 0, 5, 60));
    rig.log.answer = new AppendResult.Stale(5_000);
    assertThatThrownBy(() -> rig.play(Sources.video(30, 5, 3, 60)))
        .isInstanceOf(SupersededException.class);
    int lines = rig.log.video().size();
    rig.play(Sources.video(30, 5, 3, 60)).endSession().idle(5_000);
    assertThat(rig.log.video()).hasSize(lines);

    rig.log.answer = AppendResult.ACCEPTED;
    rig.start(Rig.videoTrack(30)).play(Sources.video(30, 0, 5, 60)).endSession().endStream();
    assertThat(rig.log.opened.get()).isEqualTo(2);
    assertThat(rig.log.ended).isTrue();
    assertThat(rig.log.view.renditions().getFirst().segments()).hasSize(3);
  }
}
