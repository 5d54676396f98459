package dev.millrace.transcoder.packager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.codec.Tracks;
import dev.millrace.media.feed.AudioRung;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.feed.VideoRung;
import dev.millrace.media.feed.VideoRung.Codec;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.transcoder.packager.RecordedLog.Line;
import dev.millrace.transcoder.packager.Rig.Timed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LadderFeedTest {
  private static final List<VideoRung> RUNGS =
      List.of(new VideoRung("source", Codec.H264, 640, 360, 1, 2_000_000));
  private static final LadderPlan BESIDE =
      new LadderPlan(RUNGS, List.of(new AudioRung("audio-64k", 64_000)), "", false);
  private static final LadderPlan INSTEAD =
      new LadderPlan(RUNGS, List.of(), "the video is interlaced", true);

  @TempDir Path folder;

  private Rig rig(LadderPlan plan) {
    Rig rig = new Rig(folder);
    rig.ladder.plan = plan;
    rig.ladder.planFarApart = plan;
    rig.ladder.encodes = true;
    return rig;
  }

  private static String shape(List<Line> lines) {
    StringBuilder shape = new StringBuilder();
    RecordedLog.segments(lines)
        .values()
        .forEach(
            segment -> {
              long gaps = segment.stream().filter(line -> line.entry().gap()).count();
              long media = segment.stream().filter(line -> !line.data().isEmpty()).count();
              shape.append(gaps == 0 ? "M" : media == 0 ? "G" : "g");
            });
    return shape.toString();
  }

  @Test
  void tellsAPresentationInTheOrderOfItsReaders() {
    Rig rig = rig(BESIDE);
    rig.start(Rig.videoTrack(30), Rig.audioTrack(48_000))
        .play(Sources.video(30, 0, 5, 60), Sources.audio(48_000, 0, 5))
        .endSession()
        .idle(2_500)
        .start(Rig.videoTrack(30), Rig.audioTrack(48_000))
        .play(Sources.video(30, 0, 3, 60), Sources.audio(48_000, 0, 3))
        .endSession()
        .endStream();

    rig.checked();
    // Gap segments are told when they begin; the number of the last one goes to the next section.
    assertThat(rig.ladder.words(record -> !(record instanceof FeedRecord.Media)))
        .isEqualTo("OmTmmaaTammaE");
    FeedRecord.Tracks tracks = rig.ladder.all(FeedRecord.Tracks.class).getFirst();
    assertThat(tracks.plan()).isEqualTo(BESIDE);
    assertThat(tracks.tracks()).hasSize(2);
    assertThat(tracks.declaredBitrateBps()).isEqualTo(2_500_000);
  }

  @Test
  void passesEveryFrameOnAlsoThoseHeldBack() {
    Rig rig = rig(BESIDE);
    List<Timed> video = Sources.video(30, 0, 5, 60);
    List<Timed> audio = new ArrayList<>();
    Sources.audio(48_000, 0, 5).forEach(frame -> audio.add(frame.arriving(300_000)));
    rig.start(Rig.videoTrack(30), Rig.audioTrack(48_000)).play(video, audio);

    rig.checked();
    List<FeedRecord.Media> media = rig.ladder.all(FeedRecord.Media.class);
    assertThat(media).filteredOn(each -> each.frame().type() == MediaType.VIDEO).hasSize(150);
    assertThat(media).filteredOn(each -> each.frame().type() == MediaType.AUDIO).hasSize(234);
    assertThat(media.stream().filter(each -> each.frame().type() == MediaType.VIDEO))
        .extracting(each -> each.frame().dtsUs())
        .containsExactlyElementsOf(video.stream().map(Timed::dtsUs).toList());
  }

  @Test
  void theMarkOfASegmentComesBeforeItsKeyFrame() {
    Rig rig = rig(BESIDE);
    rig.start(Rig.videoTrack(30), Rig.audioTrack(48_000))
        .play(Sources.video(30, 0, 9, 60), Sources.audio(48_000, 0, 9));

    String words =
        rig.ladder.words(
            record ->
                !(record instanceof FeedRecord.Media media)
                    || (media.frame().type() == MediaType.VIDEO && media.frame().key()));
    assertThat(words).isEqualTo("OmT.m.m.m.m.");
  }

  @Test
  void damagedFramesDoNotReachTheWorker() {
    Rig rig = rig(BESIDE);
    List<Timed> video = new ArrayList<>(Sources.video(30, 0, 3, 60));
    Timed good = video.get(40);
    video.set(
        40,
        new Timed(
            good.type(),
            good.arrivalUs(),
            good.dtsUs(),
            good.ptsUs(),
            false,
            Bytes.fromHex("0000ffff 4100")));
    rig.start(Rig.videoTrack(30)).play(video);

    assertThat(rig.ladder.all(FeedRecord.Media.class)).hasSize(89);
  }

  @Test
  void wantsEveryFrameAtOnceWhereSomebodyReads() {
    Rig rig = rig(BESIDE);
    rig.start(Rig.videoTrack(30)).play(Sources.video(30, 0, 3, 60));
    assertThat(rig.packager.wakeRule()).isNotEqualTo(WakeRule.ALL);
    rig.ladder.wantsFrames = true;

    assertThat(rig.packager.wakeRule()).isEqualTo(WakeRule.ALL);
  }

  @Test
  void plansAnewWhenKeyFramesAreFarApart() {
    Rig rig = rig(BESIDE);
    rig.ladder.planFarApart = INSTEAD;
    rig.start(Rig.videoTrack(30), Rig.audioTrack(48_000))
        .play(Sources.video(30, 0, 20, 250), Sources.audio(48_000, 0, 20));

    List<FeedRecord.Tracks> told = rig.ladder.all(FeedRecord.Tracks.class);
    assertThat(told).extracting(FeedRecord.Tracks::plan).containsExactly(BESIDE, INSTEAD);
    assertThat(told.getLast().tracks()).isEqualTo(told.getFirst().tracks());
    assertThat(rig.ladder.askedFarApart).containsExactly(false, true);
    assertThat(rig.log.view.expected()).isEqualTo(INSTEAD.names());
  }

  @Test
  void whatWasLearnedOfKeyFramesHoldsForTheNextSession() {
    Rig rig = rig(BESIDE);
    rig.ladder.planFarApart = INSTEAD;
    rig.start(Rig.videoTrack(30))
        .play(Sources.video(30, 0, 20, 250))
        .endSession()
        .start(Rig.videoTrack(30))
        .play(Sources.video(30, 0, 3, 250));
    assertThat(rig.ladder.askedFarApart).containsExactly(false, true, true);

    rig.play(Sources.video(30, 3, 20, 60));
    assertThat(rig.ladder.askedFarApart).containsExactly(false, true, true, false);
  }

  @Test
  void playersExpectWhatIsEncodedOnly() {
    Rig rig = rig(BESIDE);
    rig.start(Rig.videoTrack(30)).play(Sources.video(30, 0, 3, 60));
    assertThat(rig.log.view.expected()).isEqualTo(BESIDE.names());
    assertThat(rig.log.records.get(1)).isEqualTo(new LogRecord.Expected(BESIDE.names()));
    rig.ladder.encodes = false;
    rig.play(Sources.video(30, 3, 3, 60));

    assertThat(rig.log.view.expected()).isEmpty();
  }

  @Test
  void whatIsEncodedAnewIsNothingToWarnOf() {
    Track.Audio mp3 = Tracks.mp3(0, Bytes.fromHex("fffb9064"));
    Track.Video plain = Rig.videoTrack(30);
    Track.Video hevc =
        new Track.Video(
            0,
            Track.VideoCodec.HEVC,
            "hvc1.1.6.L93.90",
            plain.configuration(),
            640,
            360,
            1,
            1,
            plain.frameRate(),
            false);
    assertThat(new Rig(folder).start(hevc, mp3).warnings)
        .containsOnlyKeys(SourceAdvice.BROWSER_HEVC, SourceAdvice.BROWSER_MP3);
    assertThat(rig(BESIDE).start(hevc, mp3).warnings).containsOnlyKeys(SourceAdvice.BROWSER_HEVC);
    assertThat(rig(INSTEAD).start(hevc, mp3).warnings).containsOnlyKeys(SourceAdvice.BROWSER_MP3);
    Rig givenUp = rig(INSTEAD);
    givenUp.ladder.encodes = false;
    assertThat(givenUp.start(hevc).warnings).containsOnlyKeys(SourceAdvice.BROWSER_HEVC);
  }

  @Test
  void withoutALadderNothingIsExpected() {
    Rig rig = new Rig(folder);
    rig.start(Rig.videoTrack(30)).play(Sources.video(30, 0, 3, 60)).endSession().endStream();

    assertThat(rig.checked().records).noneMatch(LogRecord.Expected.class::isInstance);
  }

  @Test
  void tellsTheEndAlsoWhenAnotherSessionOwnsThePath() {
    Rig rig = rig(BESIDE);
    rig.start(Rig.videoTrack(30)).play(Sources.video(30, 0, 1, 60));
    rig.log.answer = new AppendResult.Stale(500);

    assertThat(catchThrowable(() -> rig.play(Sources.video(30, 1, 2, 60))))
        .isInstanceOf(SupersededException.class);
    assertThat(rig.ladder.words(record -> !(record instanceof FeedRecord.Media))).isEqualTo("OmTE");
  }

  @Test
  void aReplacedSourceIsAGapFromTheStart() {
    Rig rig = rig(INSTEAD);
    Rig shown = rig(BESIDE);
    for (Rig each : List.of(rig, shown)) {
      each.start(Rig.videoTrack(30), Rig.audioTrack(48_000))
          .play(Sources.video(30, 0, 8, 60), Sources.audio(48_000, 0, 8))
          .endSession();
    }

    List<Line> lines = rig.checked().video();
    assertThat(lines).allMatch(line -> line.entry().gap());
    // Nothing else differs: the clock leads as ever.
    assertThat(lines.stream().map(line -> line.entry().durationUs()))
        .containsExactlyElementsOf(
            shown.checked().video().stream().map(line -> line.entry().durationUs()).toList());
    assertThat(lines.stream().map(line -> line.entry().endOfSegment()))
        .containsExactlyElementsOf(
            shown.log.video().stream().map(line -> line.entry().endOfSegment()).toList());
    assertThat(rig.log.audio()).noneMatch(line -> line.entry().gap());
    assertThat(rig.log.described("video")).hasSize(1);
  }

  @Test
  void inMidSectionTheSourceIsReplacedWhenTheRungHasMedia() {
    Rig rig = rig(BESIDE);
    rig.ladder.planFarApart = INSTEAD;
    List<Timed> frames = Sources.video(30, 0, 30, 150);
    rig.start(Rig.videoTrack(30)).play(frames.subList(0, 450));
    assertThat(rig.ladder.all(FeedRecord.Tracks.class).getLast().plan()).isEqualTo(INSTEAD);
    assertThat(shape(rig.log.video())).doesNotContain("G");
    rungHasMedia(rig);
    rig.play(frames.subList(450, 900));

    assertThat(shape(rig.checked().video())).matches("M{5,7}G+");
  }

  /** A worker writes a first part of the rung. */
  private static void rungHasMedia(Rig rig) {
    NavigableMap<Long, SegmentMark> marks = FeedRules.marks(rig.ladder.records);
    RungWriter worker = new RungWriter(rig.log, Rig.PATH, 100, rig.targets, "source");
    SegmentMark mark = marks.lastEntry().getValue();
    worker.mark(mark);
    RenditionDescription described = rig.log.described("video").getFirst();
    worker.describe(
        Rig.videoTrack(30),
        new RenditionDescription(
            "source",
            MediaType.VIDEO,
            described.codecs(),
            640,
            360,
            30_000,
            0,
            0,
            0,
            described.init(),
            described.initBytes()));
    worker.frame(
        new Frame(
            MediaType.VIDEO,
            0,
            mark.originUs() + mark.mediaUs(),
            mark.originUs() + mark.mediaUs(),
            true,
            Bytes.fromHex("00000005 6588840000"),
            0));
    worker.end();
  }

  @Test
  void aLadderThatIsGivenUpShowsTheSourceAgainAtAKeyFrame() {
    Rig rig = rig(INSTEAD);
    List<Timed> frames = Sources.video(30, 0, 40, 250);
    rig.start(Rig.videoTrack(30)).play(frames.subList(0, 300));
    rig.ladder.encodes = false;
    rig.play(frames.subList(300, 1200));

    RecordedLog log = rig.checked();
    assertThat(shape(log.video())).matches("G+M+");
    PartEntry first =
        log.video().stream().filter(line -> !line.entry().gap()).findFirst().orElseThrow().entry();
    assertThat(first.independent()).isTrue();
  }

  @Test
  void tellsHowManyBytesTheKeyFrameNeeds() {
    Rig rig = new Rig(folder);
    rig.start(Rig.videoTrack(30)).play(Sources.video(30, 0, 5, 60));

    for (Line line : rig.checked().video()) {
      int expected = 0;
      if (line.entry().independent()) {
        expected = line.data().hex().indexOf("6d646174") / 2 + 4 + 9;
      }
      assertThat(line.entry().keyFrameBytes()).isEqualTo(expected);
    }
    assertThat(rig.log.video()).anyMatch(line -> line.entry().keyFrameBytes() > 0);
  }
}
