package dev.millrace.media.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What nobody but the writer of a log has is not told: it may be lost with that node, and players
 * would ask for it in vain.
 */
class WriterAheadTest {
  private static final Targets TARGETS = new Targets(2_000_000, 4, 500_000, 30_000_000);
  private static final int WINDOW = 20;

  private final List<LogRecord> log = LogScript.open(1000, TARGETS).video().segments(30).records();
  private final LogMerge<String> merge = new LogMerge<>(StreamView.empty());
  private int writerHas;
  private int copyHas;

  @BeforeEach
  void bothAreThere() {
    merge.add("writer");
    merge.add("copy");
    merge.writer("writer", true);
    writes(WINDOW);
    copies(WINDOW);
    merge.windowComplete("writer");
    merge.windowComplete("copy");
  }

  private void writes(int records) {
    for (int i = 0; i < records; i++) {
      merge.record("writer", log.get(writerHas++));
    }
  }

  private void copies(int records) {
    for (int i = 0; i < records; i++) {
      merge.record("copy", log.get(copyHas++));
    }
  }

  private LogPosition told() {
    return merge.view().rendition("video").orElseThrow().last().orElseThrow();
  }

  /** Of the log's first so many records. */
  private LogPosition last(int records) {
    StreamView view = StreamView.empty();
    for (LogRecord record : log.subList(0, records)) {
      view = view.apply(record);
    }
    return view.rendition("video").orElseThrow().last().orElseThrow();
  }

  private void assertTold(int records) {
    assertThat(told()).isEqualTo(last(records));
  }

  @Test
  void aPartIsToldWhenACopyHasIt() {
    writes(1);
    assertTold(WINDOW);
    copies(1);
    assertTold(WINDOW + 1);
    assertThat(merge.takeRestarted()).isFalse();
  }

  @Test
  void whatTheWriterAloneHadIsGoneWithIt() {
    writes(2);
    merge.remove("writer");
    assertTold(WINDOW);
  }

  @Test
  void aCopyThatStandsStillHoldsNobodyUpForLong() {
    int held = 0;
    for (int ahead = 1; ahead <= 12; ahead++) {
      writes(1);
      held = 0;
      while (!told().equals(last(WINDOW + ahead - held))) {
        held++;
      }
      assertThat(held).isLessThanOrEqualTo(2);
    }
    assertThat(held).as("a copy that does not keep up counts no more").isZero();
    assertThat(merge.takeRestarted()).isFalse();
  }

  @Test
  void aCopyThatIsBeingFilledIsNotWaitedFor() {
    merge.remove("copy");
    merge.add("filling");
    log.subList(0, WINDOW / 2).forEach(record -> merge.record("filling", record));
    merge.windowComplete("filling");
    writes(1);
    assertTold(WINDOW + 1);
  }

  @Test
  void withoutACopyAllIsToldAtOnce() {
    writes(2);
    merge.remove("copy");
    assertTold(WINDOW + 2);
    writes(1);
    assertTold(WINDOW + 3);
  }

  @Test
  void whoHasWrittenAndIsACopyNowIsHeardAtOnce() {
    writes(1);
    merge.writer("writer", false);
    assertTold(WINDOW + 1);
  }

  @Test
  void theEndIsNotHeldBack() {
    writes(1);
    merge.record("writer", new LogRecord.Ended());
    assertTold(WINDOW + 1);
  }
}
