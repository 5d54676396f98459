package dev.millrace.transcoder.packager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import dev.millrace.transcoder.packager.RecordedLog.Line;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What every feed must satisfy, whatever the publisher did. */
final class FeedRules {
  private FeedRules() {}

  static void check(List<FeedRecord> records, RecordedLog log) {
    SegmentMark last = null;
    boolean open = false;
    boolean tracks = false;
    for (FeedRecord record : records) {
      switch (record) {
        case FeedRecord.Opened opened -> {
          assertThat(open).as("one presentation at a time").isFalse();
          open = true;
          tracks = false;
          last = null;
        }
        case FeedRecord.Mark(SegmentMark mark) -> {
          assertThat(open).isTrue();
          if (last != null) {
            follows(last, mark);
          }
          last = mark;
        }
        case FeedRecord.Tracks told -> {
          assertThat(open).isTrue();
          tracks = true;
        }
        case FeedRecord.Media media -> {
          assertThat(open && tracks).as("tracks before frames").isTrue();
          assertThat(last != null && last.media()).as("a mark before frames").isTrue();
        }
        case FeedRecord.Ended ended -> open = false;
      }
    }
    marksOfLog(marks(records), log);
    videoBehindItsMark(records);
  }

  /** The marks that count, by number; of two with one number the later. */
  static NavigableMap<Long, SegmentMark> marks(List<FeedRecord> records) {
    NavigableMap<Long, SegmentMark> marks = new TreeMap<>();
    for (FeedRecord record : records) {
      if (record instanceof FeedRecord.Mark(SegmentMark mark)) {
        marks.put(mark.msn(), mark);
      }
    }
    return marks;
  }

  private static void follows(SegmentMark last, SegmentMark mark) {
    assertThat(mark.msn() - last.msn()).as("%s after %s", mark, last).isBetween(0L, 1L);
    assertThat(mark.discontinuitySequence() - last.discontinuitySequence())
        .as("%s after %s", mark, last)
        .isBetween(0L, 1L);
    assertThat(mark.pdtUs()).as("%s after %s", mark, last).isGreaterThanOrEqualTo(last.pdtUs());
    if (mark.msn() == last.msn()) {
      assertThat(last.media() && mark.media()).as("%s replaces %s", mark, last).isFalse();
    }
    boolean begins = mark.media() && mark.section() != last.section();
    if (begins) {
      assertThat(mark.mediaUs()).isZero();
    }
    if (mark.media() && last.media()) {
      assertThat(mark.section()).as("away between sections").isEqualTo(last.section());
      assertThat(mark.originUs()).isEqualTo(last.originUs());
      assertThat(mark.mediaUs()).isGreaterThan(last.mediaUs());
    }
  }

  /** Every segment of the source begins at its mark: video exactly, or audio where that leads. */
  private static void marksOfLog(NavigableMap<Long, SegmentMark> marks, RecordedLog log) {
    if (marks.isEmpty()) {
      return;
    }
    SegmentMark first = marks.firstEntry().getValue();
    boolean adopted = !first.media();
    boolean video = !log.video().isEmpty();
    List<Line> leading = video ? log.video() : log.audio();
    for (Line line : leading) {
      PartEntry entry = line.entry();
      if (entry.position().part() > 0 || entry.position().msn() < first.msn()) {
        continue; // what another node has written is not in the feed
      }
      SegmentMark mark = marks.get(entry.position().msn());
      assertThat(mark).as("mark of %s", entry.position()).isNotNull();
      if (mark == null) {
        continue;
      }
      assertThat(entry.discontinuitySequence()).isEqualTo(mark.discontinuitySequence());
      long slackUs = entry.gap() || !video ? 60_000 : 6;
      if (adopted && mark.msn() == first.msn()) {
        slackUs = Targets.DEFAULT.partTargetUs();
      }
      assertThat(entry.programDateTimeUs() - mark.pdtUs())
          .as("date of %s", entry.position())
          .isBetween(-slackUs, slackUs);
      if (!entry.gap()) {
        assertThat(mark.media()).as("media of %s", entry.position()).isTrue();
      }
    }
  }

  /** A frame comes after the mark of its segment and before that of the next. */
  private static void videoBehindItsMark(List<FeedRecord> records) {
    SegmentMark last = null;
    @Nullable Long shiftUs = null;
    for (FeedRecord record : records) {
      if (record instanceof FeedRecord.Mark(SegmentMark mark)) {
        if (last == null || last.section() != mark.section()) {
          shiftUs = null;
        }
        last = mark;
      } else if (record instanceof FeedRecord.Media(var frame)
          && last != null
          && frame.type() == MediaType.VIDEO) {
        if (shiftUs == null) {
          shiftUs = frame.ptsUs() - frame.dtsUs();
        }
        long mediaUs = frame.dtsUs() + shiftUs - last.originUs();
        // The chain may be ahead of a frame by what the cadence predicted too much.
        assertThat(mediaUs).as("frame behind %s", last).isGreaterThan(last.mediaUs() - 150_000);
      }
    }
  }
}
