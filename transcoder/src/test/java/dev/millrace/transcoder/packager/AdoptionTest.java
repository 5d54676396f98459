package dev.millrace.transcoder.packager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Track;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.hls.MediaPlaylist;
import dev.millrace.media.hls.MultivariantPlaylist;
import dev.millrace.media.live.StreamEvent.StreamFenced;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.Segment;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import dev.millrace.transcoder.packager.RecordedLog.Line;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A publisher comes to another node, which goes on with what the first one wrote (ADR 12). */
class AdoptionTest {
  private static final long FIRST = 100;
  private static final long SECOND = 1_000;
  private static final Track[] TRACKS = {Rig.videoTrack(30), Rig.audioTrack(48_000)};

  @TempDir Path firstFolder;
  @TempDir Path secondFolder;

  private @Nullable StreamView left;
  private boolean handedOver;

  private static Rig play(Rig rig, double seconds) {
    return rig.play(Sources.video(30, 0, seconds, 60), Sources.audio(48_000, 0, seconds));
  }

  /** A node that dies after some seconds of media. */
  private Rig first(double... seconds) {
    Rig rig = new Rig(firstFolder, 1_000_000_000L, FIRST, Adoptions.NONE);
    for (double each : seconds) {
      if (each != seconds[0]) {
        rig.endSession().idle(1_000);
      }
      play(rig.start(TRACKS), each);
    }
    return rig;
  }

  private Optional<Adoptions.Left> left() {
    return Optional.ofNullable(left).map(view -> new Adoptions.Left(view, handedOver));
  }

  /** A worker that has done its work until now. */
  private static Rig encoded(Rig rig) {
    FakeWorker worker = new FakeWorker(rig.log, 5);
    rig.ladder.records.forEach(worker::on);
    return rig;
  }

  /** Another node, to which the publisher comes later. */
  private Rig second(Rig first, long awayMs, ToIntFunction<String> lacking) {
    long nanos = first.nanos() + awayMs * 1_000_000;
    Rig rig = new Rig(secondFolder, nanos, SECOND, (path, epoch) -> left());
    left = rig.log.take(first.log.ended ? first.log : encoded(first).log, lacking);
    return rig;
  }

  /** Ends the stream after a worker has done its work too. */
  private static void endChecked(Rig rig) {
    encoded(rig).endStream();
    RecordedLog log = rig.log;
    FeedRules.check(rig.ladder.records, log);
    new LogRules(rig.targets).adopted().check(log);
    log.lines.forEach(
        (name, lines) ->
            assertThat(lines.subList(log.taken.getOrDefault(name, 0), lines.size()))
                .as("what has bytes has the epoch of its writer")
                .allMatch(line -> line.data().isEmpty() || epochOf(line) == SECOND));
  }

  private static long epochOf(Line line) {
    return line.entry().position().epoch();
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 40);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void goesOnFromAnyPointOfEveryRendition(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Rig first =
        random.nextBoolean()
            ? first(random.nextDouble(8, 16))
            : first(random.nextDouble(6, 12), random.nextDouble(0.5, 4));
    if (random.nextInt(3) == 0) {
      first.endSession().idle(random.nextLong(6_000)); // its publisher was gone before
    }
    long awayMs = random.nextInt(4) == 0 ? 0 : random.nextLong(28_000);
    int most = random.nextInt(1, 14);
    Rig second = second(first, awayMs, name -> random.nextInt(most));
    Segment furthest = furthest(second.log.view);
    play(second.start(TRACKS), 5).endSession().idle(3_000);

    endChecked(second);
    RecordedLog log = second.log;
    assertThat(log.opened.get()).as("no other presentation").isZero();
    assertThat(log.ended).isTrue();
    TreeSet<Long> beginsAt = new TreeSet<>();
    for (String name : log.lines.keySet()) {
      List<Line> behind = after(log.of(name), furthest.msn());
      long sequence = furthest.discontinuitySequence();
      assertThat(behind)
          .as("exactly one discontinuity in %s", name)
          .allMatch(line -> sequenceOf(line) == sequence || sequenceOf(line) == sequence + 1)
          .anyMatch(line -> sequenceOf(line) == sequence + 1);
      behind.stream()
          .filter(line -> sequenceOf(line) == sequence + 1)
          .findFirst()
          .ifPresent(line -> beginsAt.add(line.entry().position().msn()));
    }
    RecordedLog.segments(log.video())
        .forEach(
            (msn, video) ->
                log.lines
                    .keySet()
                    .forEach(
                        name ->
                            assertThat(log.segment(name, msn))
                                .as("discontinuity sequence of %s %d", name, msn)
                                .allMatch(
                                    line -> sequenceOf(line) == sequenceOf(video.getFirst()))));
    assertThat(beginsAt).as("one discontinuity, at one number").hasSize(1);
    long startMsn = beginsAt.first();
    for (long msn = startMsn; msn <= log.video().getLast().entry().position().msn(); msn++) {
      long startUs = log.segment("video", msn).getFirst().entry().programDateTimeUs();
      for (String name : log.lines.keySet()) {
        List<Line> segment = log.segment(name, msn);
        if (!segment.isEmpty()) {
          assertThat(segment.getFirst().entry().programDateTimeUs() - startUs)
              .as("start of %s %d", name, msn)
              .isBetween(-60_000L, 60_000L);
        }
      }
    }
    // Numbers stay near the wall's.
    long wallMsn =
        log.segment("video", startMsn).getFirst().entry().programDateTimeUs() / 2_000_000;
    assertThat(startMsn - wallMsn).isBetween(-3L, 4L);
    playlistsShowIt(log.view, startMsn);
  }

  private static long sequenceOf(Line line) {
    return line.entry().discontinuitySequence();
  }

  /** The last segment of the rendition that got furthest. */
  private static Segment furthest(StreamView view) {
    return view.renditions().stream()
        .flatMap(rendition -> rendition.segments().stream())
        .max(Comparator.comparingLong(Segment::msn))
        .orElseThrow();
  }

  private static List<Line> after(List<Line> lines, long msn) {
    return lines.stream().filter(line -> line.entry().position().msn() > msn).toList();
  }

  private static void playlistsShowIt(StreamView view, long startMsn) {
    assertThat(MultivariantPlaylist.render(view)).contains("video/index.m3u8");
    for (String name : List.of("video", "audio")) {
      assertThat(MediaPlaylist.render(view, name, false))
          .contains("#EXT-X-ENDLIST")
          .containsPattern(
              "#EXT-X-DISCONTINUITY\\n(#EXT-X-(MAP|PROGRAM-DATE-TIME|PART):.*\\n)+#EXTINF:.*\\n"
                  + SECOND
                  + "-"
                  + startMsn
                  + "\\.m4s\\n");
    }
  }

  @Test
  void losesNothingOfWhatTheOldNodeHadOut() {
    Rig first = first(9.3);
    Rig second = second(first, 3_000, name -> 0);
    int lines = second.log.video().size();
    second.start(TRACKS);
    assertThat(second.log.video().get(lines).entry())
        .matches(PartEntry::isEndMarker)
        .matches(entry -> entry.position().epoch() == FIRST);
    assertThat(second.log.view.rendition("video").orElseThrow().segments())
        .filteredOn(segment -> segment.epoch() == FIRST)
        .noneMatch(segment -> segment.gap());
    // What has passed is told at once, so that players wait at the live edge.
    assertThat(second.wallUs() - second.log.video().getLast().endPdtUs()).isBetween(0L, 600_000L);
  }

  @Test
  void aHandoverWithoutAPauseLosesNoMoreThanThePartInFlight() {
    Rig second = second(first(8), 40, name -> 0);
    play(second.start(TRACKS), 4);
    endChecked(second);
    long lostUs =
        second.log.video().stream()
            .filter(line -> line.entry().gap())
            .mapToLong(Line::durationUs)
            .sum();
    assertThat(lostUs).isLessThan(600_000);
  }

  @Test
  void keepsTheTargetsOfThePresentation() {
    Targets other = new Targets(4_000_000, 8, 1_000_000, 60_000_000);
    Rig first = new Rig(firstFolder, 1_000_000_000L, FIRST, Adoptions.NONE, other);
    play(first.start(TRACKS), 13);
    Rig second = second(first, 500, name -> 0);
    play(second.start(TRACKS), 9).endStream();

    assertThat(second.log.view.targets()).isEqualTo(other);
    assertThat(second.ladder.all(FeedRecord.Opened.class))
        .containsExactly(new FeedRecord.Opened(Rig.PATH, SECOND, other));
    new LogRules(other).adopted().check(second.log);
    assertThat(second.log.video())
        .filteredOn(line -> line.entry().position().epoch() == SECOND)
        .anyMatch(line -> line.durationUs() > 900_000);
  }

  @Test
  void aNewPresentationHasTheConfiguredTargetsAndHigherNumbers() {
    Targets other = new Targets(1_000_000, 4, 500_000, 30_000_000);
    Rig first = new Rig(firstFolder, 1_000_000_000L, FIRST, Adoptions.NONE, other);
    play(first.start(TRACKS), 13);
    Rig second = second(first, 500, name -> 0);
    play(second.start(TRACKS), 4).endStream();
    long last = second.log.video().getLast().entry().position().msn();
    left = null;
    play(second.start(TRACKS), 4);
    assertThat(second.log.view.targets()).isEqualTo(Targets.DEFAULT);
    assertThat(second.log.view.rendition("video").orElseThrow().segments().getFirst().msn())
        .isGreaterThan(last);
  }

  @Test
  void tellsTheLadderWhichRungsAreThere() {
    Rig second = second(first(8), 2_000, name -> name.equals(FakeWorker.AUDIO) ? 1_000 : 0);
    play(second.start(TRACKS), 4);
    assertThat(second.ladder.adopted).containsExactly(FakeWorker.VIDEO);
    assertThat(second.ladder.words(record -> !(record instanceof FeedRecord.Media)))
        .startsWith("Oaa")
        .contains("T")
        .endsWith("mm");
  }

  @Test
  void rungsGoOnWithGapsWhereThereIsNoWorker() {
    Rig second = second(first(8.2), 4_000, name -> name.equals(FakeWorker.VIDEO) ? 9 : 0);
    play(second.start(TRACKS), 5);
    RungKeeper keeper = new RungKeeper(Rig.PATH, SECOND, second.targets);
    keeper.keep(second.log, second.ladder.adopted);
    NavigableMap<Long, SegmentMark> marks = FeedRules.marks(second.ladder.records);
    for (FeedRecord.Mark mark : second.ladder.all(FeedRecord.Mark.class)) {
      keeper.mark(mark.mark());
    }
    assertThat(second.log.of(FakeWorker.VIDEO).getLast().entry().position().msn())
        .isEqualTo(marks.lastKey() - 1);
    assertThat(after(second.log.of(FakeWorker.VIDEO), marks.firstKey()))
        .allMatch(line -> line.entry().gap());
  }

  @Test
  void doesNotGoOnWithWhatHasEnded() {
    Rig first = first(8);
    first.endStream();
    Rig second = second(first, 500, name -> 0);
    play(second.start(TRACKS), 4);
    assertThat(second.log.opened.get()).isEqualTo(1);
    assertThat(second.log.view.presentationEpoch()).isEqualTo(SECOND);
  }

  @Test
  void doesNotGoOnWithACopyThatWasCutOffInAnOlderSession() {
    Rig second = second(first(8), 500, name -> 0);
    play(second.start(TRACKS), 6);
    Rig third = new Rig(secondFolder, second.nanos(), 2 * SECOND, (path, epoch) -> left());
    int behind = second.log.audio().size() - second.log.taken.getOrDefault("audio", 0);
    left = third.log.take(second.log, name -> name.equals("audio") ? behind + 2 : 0);
    assertThat(left.tail("audio").orElseThrow().next().part()).isPositive();
    play(third.start(TRACKS), 3);
    assertThat(third.log.opened.get()).isEqualTo(1);
    assertThat(third.log.view.presentationEpoch()).isEqualTo(2 * SECOND);
  }

  @Test
  void asksInVainAndBeginsAnew() {
    Rig rig =
        new Rig(
            firstFolder,
            1_000_000_000L,
            FIRST,
            (path, epoch) -> {
              throw new IllegalStateException("no directory");
            });
    play(rig.start(TRACKS), 4);
    assertThat(rig.checked().opened.get()).isEqualTo(1);
  }

  @Test
  void leavesThePresentationOfANewerSessionAlone() {
    Rig first = new Rig(firstFolder, 1_000_000_000L, SECOND + 5, Adoptions.NONE);
    play(first.start(TRACKS), 5);
    Rig second = second(first, 500, name -> 0);
    int lines = second.log.video().size();
    assertThatThrownBy(() -> second.start(TRACKS)).isInstanceOf(SupersededException.class);
    assertThat(second.log.video()).hasSizeLessThanOrEqualTo(lines + 1);
    assertThat(second.log.ended).isFalse();
  }

  @Test
  void putsOutWhatHasComeWhenFencedAndWritesNoEnd() {
    Rig rig = first(5.2);
    rig.on(new StreamFenced(SECOND, "taken over on b"));
    assertThat(RecordedLog.samples(rig.log.video())).hasSize(156);
    assertThat(rig.log.video().getLast().entry().endOfSegment()).isTrue();
    int records = rig.log.records.size();
    rig.idle(5_000);
    assertThat(rig.log.records).hasSize(records);
    assertThat(rig.log.ended).isFalse();
    assertThat(rig.ladder.fenced).isTrue();
    assertThat(rig.ladder.all(FeedRecord.Ended.class)).hasSize(1);
  }

  @Test
  void opensNothingWhenFencedBeforeItHasBegun() {
    Rig rig = new Rig(firstFolder, 1_000_000_000L, FIRST, Adoptions.NONE);
    rig.start(TRACKS).play(Sources.video(30, 0, 0.2, 60));
    rig.on(new StreamFenced(SECOND, "taken over on b"));
    assertThat(rig.log.opened.get()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 40, 900})
  void aPlannedMoveLosesNoFrameAndLeavesNoGap(long onTheWayMs) {
    Rig first = first(8);
    first.on(new StreamFenced(SECOND, "taken over on b"));
    handedOver = true;
    Rig second = second(first, onTheWayMs, name -> 0);
    play(second.start(TRACKS), 4);
    endChecked(second);
    for (String name : List.of("video", "audio")) {
      assertThat(second.log.of(name)).noneMatch(line -> line.entry().gap());
    }
    assertThat(RecordedLog.samples(second.log.video())).hasSize(12 * 30);
  }

  @Test
  void thePublisherIsNotAwayWhileThePastIsFetched() {
    Rig first = first(8);
    first.on(new StreamFenced(SECOND, "taken over on b"));
    handedOver = true;
    Rig second = second(first, 40, name -> 0);
    second.startLate(1_800, TRACKS, Sources.video(30, 0, 4, 60), Sources.audio(48_000, 0, 4));
    endChecked(second);
    assertThat(second.log.video()).noneMatch(line -> line.entry().gap());
    assertThat(RecordedLog.samples(second.log.video())).hasSize(12 * 30);
  }
}
