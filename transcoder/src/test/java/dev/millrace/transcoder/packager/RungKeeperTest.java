package dev.millrace.transcoder.packager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.SegmentMark;
import java.util.List;
import org.junit.jupiter.api.Test;

class RungKeeperTest {
  private final RungRig rig = RungRig.video();
  private final RungKeeper keeper = new RungKeeper(Rig.PATH, RungRig.EPOCH, rig.targets);

  private void kept(double... mediaS) {
    for (double each : mediaS) {
      SegmentMark mark = rig.markOf(each);
      rig.note(mark);
      keeper.mark(mark);
    }
  }

  private void worker(double... mediaS) {
    rig.mark(mediaS);
    rig.marks.tailMap(rig.marks.lastKey() - mediaS.length + 1).values().forEach(keeper::mark);
  }

  @Test
  void fillsWhatAWorkerLeftAndGoesOn() {
    worker(0);
    rig.describe().play(0, 2);
    worker(2);
    rig.play(2, 3.3);
    kept(4, 6);
    keeper.keep(rig.log, List.of(RungRig.VIDEO, "never-begun"));
    assertThat(rig.log.view.tail(RungRig.VIDEO).orElseThrow().next().msn()).isEqualTo(13);
    kept(8, 10);

    assertThat(rig.shape()).isEqualTo("10MgGGG");
    assertThat(rig.log.lines).containsOnlyKeys(RungRig.VIDEO);
    assertThat(rig.log.of(RungRig.VIDEO))
        .extracting(line -> line.entry().discontinuitySequence())
        .containsOnly(3L);
  }

  @Test
  void aWorkerGoesOnAfterIt() {
    worker(0);
    rig.describe().play(0, 2);
    keeper.keep(rig.log, List.of(RungRig.VIDEO));
    kept(2, 4);
    keeper.leave();
    rig.takeOver(10);
    worker(6);
    rig.describe().play(6, 8);
    worker(8);
    rig.play(8, 9);

    assertThat(rig.shape()).isEqualTo("10gGGMM");
  }

  @Test
  void stopsWhereAWorkerOfANewerGenerationWrites() {
    worker(0);
    rig.describe().play(0, 2);
    keeper.keep(rig.log, List.of(RungRig.VIDEO));
    rig.log.answer = new AppendResult.Stale(9);
    kept(2);
    rig.log.answer = AppendResult.ACCEPTED;
    int before = rig.log.of(RungRig.VIDEO).size();
    kept(4);

    assertThat(rig.log.of(RungRig.VIDEO)).hasSize(before);
  }

  @Test
  void keepsThroughAbsences() {
    worker(0);
    rig.describe().play(0, 2);
    worker(2);
    rig.play(2, 2.8);
    keeper.keep(rig.log, List.of(RungRig.VIDEO));
    rig.noteAway(3.48, 5.48, 6.1).forEach(keeper::mark);
    SegmentMark returned = rig.noteSection(6.7, 1);
    keeper.mark(returned);
    kept(2, 4);

    assertThat(rig.shape()).isEqualTo("10MgGGGG");
    assertThat(rig.log.of(RungRig.VIDEO).getLast().entry())
        .extracting(PartEntry::discontinuitySequence)
        .isEqualTo(4L);
  }

  /** A reader that joined late was not told where the gap ended before the publisher returned. */
  @Test
  void noGapIsLongerThanASegmentMayBe() {
    worker(0);
    rig.describe().play(0, 2);
    worker(2);
    rig.noteAway(2.4);
    SegmentMark returned = rig.noteSection(14, 1);
    keeper.mark(new SegmentMark(12, 3, RungRig.WALL_US + 2_400_000, false, 0, 0, 0));
    keeper.mark(new SegmentMark(13, 4, returned.pdtUs(), true, 2, 0, returned.originUs()));
    keeper.keep(rig.log, List.of(RungRig.VIDEO));

    rig.rules.check(rig.log);
    assertThat(RecordedLog.durationUs(rig.log.segment(RungRig.VIDEO, 12))).isEqualTo(4_000_000);
  }
}
