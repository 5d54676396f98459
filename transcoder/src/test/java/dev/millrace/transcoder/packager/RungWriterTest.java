package dev.millrace.transcoder.packager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.PartEntry;
import dev.millrace.transcoder.packager.FragmentReader.ReadSample;
import dev.millrace.transcoder.packager.RecordedLog.Line;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RungWriterTest {
  private static List<PartEntry> entries(RecordedLog log, String name) {
    return log.of(name).stream().map(Line::entry).toList();
  }

  @ParameterizedTest
  @ValueSource(doubles = {23.976, 25, 29.97, 30, 50, 60, 12.5, 15})
  void cutsVideoExactlyAtTheMarks(double fps) {
    RungRig rig = RungRig.video().fps(fps).mark(0).describe();
    double segmentS = Math.ceil(fps * 2) / fps;
    for (int i = 0; i < 8; i++) {
      rig.play(i * segmentS, (i + 1) * segmentS);
      rig.mark((i + 1) * segmentS);
    }
    rig.play(8 * segmentS, 8 * segmentS + 1);

    RecordedLog log = rig.checked();
    assertThat(rig.shape()).isEqualTo("10MMMMMMMMM");
    assertThat(entries(log, RungRig.VIDEO))
        .filteredOn(entry -> entry.position().part() == 0)
        .allMatch(PartEntry::independent);
    List<ReadSample> samples = RecordedLog.samples(log.of(RungRig.VIDEO));
    assertThat(samples.size()).isBetween((int) (fps * 16), (int) (fps * 17.2));
    for (int i = 0; i < samples.size(); i++) {
      assertThat(samples.get(i).presentationTime())
          .isEqualTo(Math.round(Math.round(i * Math.round(1e6 / fps) / 1e3) * 90.0));
    }
  }

  @Test
  void closesPartsWhenTheirLastFrameIsThere() {
    RungRig rig = RungRig.video().mark(0).describe().play(0, 2).mark(2).play(2, 4).mark(4);
    rig.play(4, 5);

    for (Line line : rig.checked().of(RungRig.VIDEO)) {
      long lateUs = line.atNanos() / 1_000 - (line.endPdtUs() - RungRig.WALL_US);
      // One frame before its end; the last of a segment waits for the frame that the mark names.
      assertThat(lateUs).isEqualTo(line.entry().endOfSegment() ? 0 : -40_000);
    }
  }

  @Test
  void framesMayComeLongAfterTheMarksBehindThem() {
    RungRig rig = RungRig.video().mark(0, 2, 3.2, 5.2).describe().play(0, 6);

    assertThat(rig.shape()).isEqualTo("10MMMM");
  }

  @Test
  void aFrameAMillisecondBeforeTheMarkBeginsTheSegment() {
    RungRig rig = RungRig.video().fps(30).mark(0).describe().play(0, 2);
    rig.mark(2.0013).play(2, 4);
    rig.mark(3.9987).play(4, 5);

    RecordedLog log = rig.checked();
    List<Line> starts =
        log.of(RungRig.VIDEO).stream().filter(l -> l.entry().position().part() == 0).toList();
    assertThat(starts).hasSize(3).allMatch(line -> line.entry().independent());
    assertThat(starts.get(1).fragment().orElseThrow().samples().getFirst())
        .satisfies(
            sample -> {
              assertThat(sample.decodeTime()).isEqualTo(180_117);
              assertThat(sample.presentationTime()).isEqualTo(180_000);
            });
  }

  @Test
  void beginsWhereItGetsTheFirstKeyFrameOfAMark() {
    RungRig rig = RungRig.video().mark(0, 2, 4).describe().play(4.4, 6);
    assertThat(rig.log.lines).isEmpty();
    rig.mark(6).play(6, 8);

    assertThat(rig.shape()).isEqualTo("13M");
    assertThat(rig.log.described(RungRig.VIDEO)).hasSize(1);
  }

  @Test
  void framesOfTimesBeforeTheFirstMarkAreDropped() {
    RungRig rig = RungRig.video().mark(4).describe().play(2, 4, us -> us == 2_000_000).play(4, 5);

    RecordedLog log = rig.checked();
    assertThat(RecordedLog.samples(log.of(RungRig.VIDEO)).getFirst().decodeTime())
        .isEqualTo(360_000);
  }

  @Test
  void takesOverInMidSegmentWithGaps() {
    RungRig rig = RungRig.video().mark(0).describe().play(0, 2).mark(2).play(2, 3.3);
    rig.takeOver(10).mark(4, 6).describe().play(6, 8).mark(8).play(8, 9);

    RecordedLog log = rig.checked();
    assertThat(rig.shape()).isEqualTo("10MgGMM");
    assertThat(entries(log, RungRig.VIDEO))
        .extracting(PartEntry::discontinuitySequence)
        .containsOnly(3L);
    assertThat(entries(log, RungRig.VIDEO)).extracting(PartEntry::init).hasSizeGreaterThan(9);
  }

  @Test
  void waitsForTheMarkThatALogAheadHasReached() {
    RungRig rig = RungRig.video().mark(0).describe().play(0, 2).mark(2).progress(2);
    assertThat(rig.log.view.tail(RungRig.VIDEO).orElseThrow().next().msn()).isEqualTo(11);
    rig.writer = new RungWriter(rig.log, Rig.PATH, RungRig.EPOCH, rig.targets, RungRig.VIDEO);
    rig.describe();
    rig.again(10);
    rig.play(0.4, 2, us -> us == 400_000);
    rig.again(11);
    rig.play(2, 3);

    assertThat(rig.shape()).isEqualTo("10MM");
  }

  @Test
  void segmentsWhoseMarksAreLostShareTheTimeEvenly() {
    RungRig rig = RungRig.video().mark(0).describe().play(0, 2).mark(2).play(2, 2.5);
    rig.mark(4, 6, 8).takeOver(14).describe().play(8, 9);

    assertThat(rig.shapeWithoutMarks()).isEqualTo("10MgGGM");
    assertThat(rig.log.segment(RungRig.VIDEO, 14).getFirst().entry())
        .extracting(PartEntry::programDateTimeUs)
        .isEqualTo(RungRig.WALL_US + 8_000_000);
  }

  @Test
  void gapsComeInRealTimeWhileOnlyTheSourceGoesOn() {
    RungRig rig = RungRig.video().mark(0).describe().play(0, 2).mark(2);
    rig.play(2, 2.4).takeOver(10);
    for (double at = 2.4; at < 4; at += 0.04) {
      rig.progress(at);
    }

    List<PartEntry> gaps =
        entries(rig.checked(), RungRig.VIDEO).stream().filter(PartEntry::gap).toList();
    assertThat(gaps).hasSize(3).allMatch(gap -> gap.durationUs() == rig.targets.partTargetUs());
  }

  @Test
  void shedsFromTheNextMarkAndReturnsAtAKeyFrame() {
    RungRig rig = RungRig.video().mark(0).describe().play(0, 1).shed(true).play(1, 2).mark(2);
    rig.play(2, 4).mark(4).play(4, 5).shed(false).play(5, 6).mark(6).play(6, 8).mark(8).play(8, 9);

    assertThat(rig.shape()).isEqualTo("10MGGMM");
  }

  @Test
  void returnsOnlyWithAKeyFrame() {
    RungRig rig = RungRig.video().mark(0).describe().play(0, 1).shed(true).play(1, 2).mark(2);
    rig.shed(false).play(2, 4).mark(4).play(4, 6, us -> us == 4_400_000).mark(6).play(6, 7);

    assertThat(rig.shape()).isEqualTo("10MGGM");
  }

  @Test
  void aSegmentWithoutAKeyFrameGoesOnButIsNotIndependent() {
    RungRig rig = RungRig.video().mark(0).describe().play(0, 2).mark(2).play(2, 4, us -> false);

    RecordedLog log = rig.checked();
    assertThat(rig.shape()).isEqualTo("10MM");
    assertThat(log.segment(RungRig.VIDEO, 11)).noneMatch(line -> line.entry().independent());
  }

  /** The cut that the source makes when the frame after the border is late. */
  @Test
  void aMarkThatComesAfterItsFrameMovesTheFrame() {
    RungRig rig = RungRig.video().mark(0).describe().play(0, 2.04, us -> us == 0).mark(2);
    rig.play(2.04, 4);

    RecordedLog log = rig.checked();
    assertThat(rig.shape()).isEqualTo("10MM");
    assertThat(log.segment(RungRig.VIDEO, 11).getFirst())
        .satisfies(line -> assertThat(line.entry().independent()).isFalse());
  }

  @Test
  void aMarkThatComesAfterItsFrameIsOutLeavesItWhereItIs() {
    RungRig rig = RungRig.video().mark(0).describe().play(0, 0.48).mark(0.44);
    rig.play(0.48, 2);

    rig.rules.check(rig.log);
    List<PartEntry> entries = entries(rig.log, RungRig.VIDEO);
    assertThat(entries.get(1).isEndMarker()).isTrue();
    assertThat(entries.get(2).programDateTimeUs()).isEqualTo(RungRig.WALL_US + 480_000);
  }

  @Test
  void videoThatStopsBecomesAGapUntilTheNextMark() {
    RungRig rig = RungRig.video().mark(0).describe().play(0, 2).mark(2).play(2, 2.6);
    for (double at = 2.6; at < 4; at += 0.04) {
      rig.progress(at);
    }
    rig.play(4, 4.4, us -> us == 4_000_000).mark(4.4).play(4.4, 6);

    RecordedLog log = rig.checked();
    assertThat(rig.shape()).isEqualTo("10MgM");
    long heard =
        log.of(RungRig.VIDEO).stream()
            .filter(line -> line.entry().gap())
            .mapToLong(line -> line.atNanos() / 1_000)
            .min()
            .orElseThrow();
    assertThat(heard).isBetween(3_500_000L, 3_800_000L);
  }

  @Test
  void aShortHoleIsBridgedByTheFrameBeforeIt() {
    RungRig rig = RungRig.video().mark(0).describe().play(0, 2).mark(2).play(2, 2.2);
    rig.rules.coarseGrid();
    rig.progress(2.4).progress(2.6).play(2.8, 4).mark(4).play(4, 5);

    assertThat(rig.shape()).isEqualTo("10MMM");
  }

  @Test
  void aFrameLongerThanAPartIsSplit() {
    RungRig rig = RungRig.video().fps(1).mark(0, 4, 8).describe().play(0, 12);
    rig.rules.coarseGrid();

    assertThat(rig.shape()).isEqualTo("10MMM");
  }

  @Test
  void anotherEncoderCountsFromTheNextMark() {
    RungRig rig = RungRig.video().mark(0).describe("01").play(0, 1).describe("02");
    rig.play(1, 2, us -> us == 1_000_000).mark(2).play(2, 4);

    RecordedLog log = rig.checked();
    assertThat(rig.shape()).isEqualTo("10gM");
    assertThat(entries(log, RungRig.VIDEO).getFirst().init())
        .isNotEqualTo(entries(log, RungRig.VIDEO).getLast().init());
  }

  @Test
  void anotherEncoderAtAMarkLeavesNoGap() {
    RungRig rig = RungRig.video().mark(0).describe("01").play(0, 2).mark(2).progress(2);
    rig.describe("02").play(2, 4);

    assertThat(rig.shape()).isEqualTo("10MM");
    assertThat(rig.log.described(RungRig.VIDEO)).hasSize(2);
  }

  @Test
  void thePublisherIsAwayAndReturns() {
    RungRig rig = RungRig.video().mark(0).describe().play(0, 2).mark(2).play(2, 3.48).away(3.48);
    rig.away(5.48).away(6.1).section(6.7, 1).play(0, 2).mark(2).play(2, 3);

    RecordedLog log = rig.checked();
    assertThat(rig.shape()).isEqualTo("10MMGGMM");
    assertThat(entries(log, RungRig.VIDEO)).filteredOn(PartEntry::gap).hasSize(6);
  }

  @Test
  void thePublisherReturnsAtOnce() {
    RungRig rig = RungRig.video().mark(0).describe().play(0, 1.48).away(1.48).section(1.6, 0);
    rig.play(0, 1);

    RecordedLog log = rig.checked();
    assertThat(rig.shape()).isEqualTo("10MM");
    assertThat(entries(log, RungRig.VIDEO).getLast().discontinuitySequence()).isEqualTo(4);
  }

  @Test
  void wallTimeIsAnchoredAnewInMidSection() {
    RungRig rig = RungRig.video().mark(0).describe().play(0, 2).breakAt(2, 0.7).play(2, 4).mark(4);
    rig.play(4, 5);

    RecordedLog log = rig.checked();
    assertThat(rig.shape()).isEqualTo("10MMM");
    assertThat(RecordedLog.samples(log.of(RungRig.VIDEO)).getLast().decodeTime())
        .isGreaterThan(400_000);
  }

  @Test
  void takesOverAfterSectionsThatItNeverSaw() {
    RungRig late = RungRig.video().mark(0).describe().play(0, 1);
    // What it writes from here on goes elsewhere: the rendition has no writer.
    late.writer = new RungWriter(late.log, Rig.PATH, RungRig.EPOCH, late.targets, "other");
    late.away(1.2).away(3.2).away(3.4).section(3.9, 0).mark(2).breakAt(4, 0.3).mark(6);
    late.takeOver(10).describe().play(6, 7);

    assertThat(late.shape()).isEqualTo("10gGGGGGM");
  }

  @Test
  void stopsWhereAnotherWriterTookOver() {
    RungRig rig = RungRig.video().mark(0).describe().play(0, 1);
    rig.log.answer = new AppendResult.Stale(7);

    assertThatThrownBy(() -> rig.play(1, 2)).isInstanceOf(SupersededException.class);
  }

  @Test
  void goesOnWhereTheLogIsIfItIsElsewhere() {
    RungRig rig = RungRig.video().mark(0).describe().play(0, 1.04);
    RungWriter first = rig.writer;
    rig.takeOver(10).describe().progress(1.6);
    rig.writer = first;
    rig.play(1.04, 2).mark(2).play(2, 4);

    assertThat(rig.shape()).isEqualTo("10gM");
  }

  @Test
  void endsWithWhatHasCome() {
    RungRig rig = RungRig.video().mark(0).describe().play(0, 0.72).end();

    assertThat(RecordedLog.samples(rig.checked().of(RungRig.VIDEO))).hasSize(18);
  }

  @ParameterizedTest
  @CsvSource({"2", "1.98", "2.3437", "3.9999"})
  void cutsAudioAtTheFrameBorderNearestToTheMarks(double segmentS) {
    RungRig rig = RungRig.audio().mark(0).describe();
    for (int i = 0; i < 6; i++) {
      rig.play(i * segmentS, (i + 1) * segmentS).mark((i + 1) * segmentS);
    }
    rig.play(6 * segmentS, 6 * segmentS + 1);

    RecordedLog log = rig.checked();
    assertThat(rig.shape()).isEqualTo("10MMMMMMM");
    assertThat(RecordedLog.samples(log.of(RungRig.AUDIO)))
        .allMatch(sample -> sample.duration() == 1024);
  }

  @Test
  void audioMayComeBeforeItsMark() {
    RungRig rig = RungRig.audio().mark(0).describe().play(0, 1.5);
    for (long us = 1_515_000; us < 2_200_000; us += 21_333) {
      rig.frame(us, true);
    }
    rig.progress(1.99).mark(2).progress(2.18);

    assertThat(rig.shape()).isEqualTo("10M");
    rig.progress(3);
    rig.end();
    assertThat(rig.shape()).isEqualTo("10MM");
  }

  @Test
  void audioTakesOverInMidSegment() {
    RungRig rig = RungRig.audio().mark(0).describe().play(0, 2).mark(2).play(2, 3.3);
    rig.takeOver(10).mark(4).describe().play(4.5, 6).mark(6).play(5.9, 8).mark(8).play(8, 9);

    assertThat(rig.shape()).isEqualTo("10MgGMM");
  }

  @Test
  void audioIsAwayAndReturns() {
    RungRig rig = RungRig.audio().mark(0).describe().play(0, 2).mark(2).play(2, 3.5).away(3.5);
    rig.away(5.5).away(6.1).section(6.7, 1).play(0, 2).mark(2).play(2, 3);

    assertThat(rig.shape()).isEqualTo("10MMGGMM");
  }

  @Test
  void audioThatStopsBecomesSilence() {
    RungRig rig = RungRig.audio().mark(0).describe().play(0, 1.5);
    for (double at = 1.5; at < 9; at += 0.04) {
      rig.progress(at);
      if (at > 2 && rig.marks.size() == 1) {
        rig.mark(2, 4, 6, 8);
      }
    }
    rig.play(9, 10);

    RecordedLog log = rig.checked();
    assertThat(rig.shape()).isEqualTo("10MMMMM");
    assertThat(RecordedLog.samples(log.of(RungRig.AUDIO)).size()).isBetween(444, 468);
  }

  @Test
  void audioIsShedAndReturns() {
    RungRig rig = RungRig.audio().mark(0).describe().play(0, 1).shed(true).play(1, 2).mark(2);
    rig.play(2, 4).shed(false).mark(4).play(4, 6).mark(6).play(6, 7);

    assertThat(rig.shape()).isEqualTo("10MGMM");
  }

  @Test
  void tellsTheBytesUpToTheEndOfTheKeyFrame() {
    RungRig rig = RungRig.video().mark(0).describe().play(0, 2).mark(2).play(2, 3);

    for (Line line : rig.checked().of(RungRig.VIDEO)) {
      int expected = 0;
      if (line.entry().independent()) {
        String hex = line.data().hex();
        expected = hex.indexOf("6d646174") / 2 + 4 + 9; // behind "mdat", a key frame of 9 bytes
      }
      assertThat(line.entry().keyFrameBytes()).isEqualTo(expected);
    }
  }
}
