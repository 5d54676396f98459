package dev.millrace.transcoder.packager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import dev.millrace.transcoder.packager.FragmentReader.ReadFragment;
import dev.millrace.transcoder.packager.FragmentReader.ReadSample;
import dev.millrace.transcoder.packager.RecordedLog.Line;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;

/** What every log must satisfy, whatever the publisher did. */
final class LogRules {
  /** EXTINF is rounded before it is compared; half an audio frame and a millisecond grid fit in. */
  private static final long SEGMENT_SLACK_US = 60_000;

  /** Gaps are dated in microseconds, audio in samples: half of one of 44.1 kHz. */
  private static final long HALF_TICK_US = 12;

  private final Targets targets;
  private boolean evenGrid = true;
  private long gapsApartUs = 200_000;

  LogRules(Targets targets) {
    this.targets = targets;
  }

  /** Frames do not allow parts of 85 % of the target. */
  LogRules coarseGrid() {
    evenGrid = false;
    return this;
  }

  /** Another node took the presentation up where each rendition happened to end. */
  LogRules adopted() {
    gapsApartUs = targets.partTargetUs() + 50_000;
    return coarseGrid();
  }

  void check(RecordedLog log) {
    for (Map.Entry<String, List<Line>> rendition : log.lines.entrySet()) {
      String name = rendition.getKey();
      checkPositions(name, rendition.getValue());
      checkDurations(name, rendition.getValue());
      checkDates(name, rendition.getValue());
      checkMedia(log, name, rendition.getValue());
    }
    checkTogether(log);
  }

  private static int timescale(RecordedLog log, String name, String init) {
    RenditionDescription description =
        log.described(name).stream()
            .filter(each -> each.init().equals(init))
            .findFirst()
            .orElseThrow();
    return description.type() == MediaType.VIDEO ? 90_000 : description.sampleRate();
  }

  /**
   * A rendition has the segments that the marks tell, from its first on without a hole: equal
   * numbers, discontinuities, dates and durations, and video begins exactly at the mark.
   *
   * @param marks by number; the last is the end of the segment before
   * @param slackUs 1 for video that is cut in time, half a frame for audio
   */
  void checkMarks(
      RecordedLog log, String name, NavigableMap<Long, SegmentMark> marks, long slackUs) {
    NavigableMap<Long, List<Line>> segments = RecordedLog.segments(log.of(name));
    assertThat(segments.keySet())
        .as("segments of %s", name)
        .containsExactlyElementsOf(
            marks.subMap(segments.firstKey(), true, segments.lastKey(), true).keySet());
    segments.forEach(
        (msn, lines) -> {
          SegmentMark mark = Objects.requireNonNull(marks.get(msn));
          PartEntry first = lines.getFirst().entry();
          String what = name + " segment " + msn;
          assertThat(lines.stream().map(line -> line.entry().discontinuitySequence()))
              .as("discontinuities of %s", what)
              .containsOnly(mark.discontinuitySequence());
          assertThat(first.programDateTimeUs() - mark.pdtUs())
              .as("date of %s", what)
              .isBetween(-slackUs, slackUs);
          SegmentMark next = marks.get(msn + 1);
          boolean ended = lines.getLast().entry().endOfSegment();
          if (next != null
              && ended
              && next.discontinuitySequence() == mark.discontinuitySequence()) {
            assertThat(RecordedLog.durationUs(lines) - (next.pdtUs() - mark.pdtUs()))
                .as("duration of %s", what)
                .isBetween(-2 * slackUs, 2 * slackUs);
          }
          lines
              .getFirst()
              .fragment()
              .filter(f -> !f.samples().isEmpty())
              .ifPresent(
                  fragment ->
                      assertThat(
                              fragment.baseDecodeTime()
                                      * 1_000_000
                                      / timescale(log, name, first.init())
                                  - mark.mediaUs())
                          .as("tfdt of %s", what)
                          .isBetween(-slackUs - 1, slackUs + 1));
        });
  }

  private void checkPositions(String name, List<Line> lines) {
    LogPosition expected = null;
    for (Line line : lines) {
      PartEntry entry = line.entry();
      if (expected != null) {
        // A node that took the presentation up begins segments under its own epoch.
        boolean taken = expected.part() == 0 && entry.position().epoch() > expected.epoch();
        long epoch = taken ? entry.position().epoch() : expected.epoch();
        assertThat(entry.position())
            .as("no hole in %s", name)
            .isEqualTo(new LogPosition(epoch, expected.msn(), expected.part()));
      }
      assertThat(entry.isEndMarker() && !entry.endOfSegment()).as("%s", entry).isFalse();
      assertThat(entry.sizeBytes()).isEqualTo(line.data().length());
      assertThat(entry.sha256())
          .isEqualTo(line.data().isEmpty() ? Bytes.EMPTY : line.data().sha256());
      LogPosition at = entry.position();
      expected =
          entry.endOfSegment()
              ? new LogPosition(at.epoch(), at.msn() + 1, 0)
              : new LogPosition(at.epoch(), at.msn(), at.part() + 1);
    }
  }

  private void checkDurations(String name, List<Line> lines) {
    for (int i = 0; i < lines.size(); i++) {
      PartEntry entry = lines.get(i).entry();
      String what = name + " " + entry.position();
      assertThat(entry.durationUs()).as(what).isLessThanOrEqualTo(targets.partTargetUs());
      boolean last =
          entry.endOfSegment() || i + 1 == lines.size() || lines.get(i + 1).entry().isEndMarker();
      boolean beforeGap = !last && lines.get(i + 1).entry().gap();
      if (evenGrid && !last && !beforeGap && !entry.gap()) {
        assertThat(entry.durationUs())
            .as("85 %% of the part target: %s", what)
            .isGreaterThanOrEqualTo(targets.partTargetUs() * 85 / 100);
      }
    }
    long most = targets.targetDurationS() * 1_000_000L + SEGMENT_SLACK_US;
    RecordedLog.segments(lines)
        .forEach(
            (msn, segment) ->
                assertThat(RecordedLog.durationUs(segment))
                    .as("segment %s %d", name, msn)
                    .isLessThanOrEqualTo(most)
                    .isPositive());
  }

  private void checkDates(String name, List<Line> lines) {
    for (int i = 1; i < lines.size(); i++) {
      Line before = lines.get(i - 1);
      Line line = lines.get(i);
      long step = line.entry().programDateTimeUs() - before.endPdtUs();
      String what = "dates of " + name + " " + line.entry().position();
      long breaks = line.entry().discontinuitySequence() - before.entry().discontinuitySequence();
      assertThat(breaks).as(what).isBetween(0L, 1L);
      if (breaks == 0) {
        assertThat(step).as(what).isBetween(-HALF_TICK_US, HALF_TICK_US);
      } else {
        assertThat(step).as(what).isGreaterThan(-50_000);
        assertThat(line.entry().position().part()).as(what).isZero();
      }
    }
  }

  private void checkMedia(RecordedLog log, String name, List<Line> lines) {
    ReadFragment before = null;
    Line previous = null;
    for (Line line : lines) {
      PartEntry entry = line.entry();
      String what = name + " " + entry.position();
      boolean broken =
          previous != null
              && previous.entry().discontinuitySequence() != entry.discontinuitySequence();
      if (entry.gap() || broken) {
        before = null;
      }
      previous = line;
      if (line.fragment().isEmpty()) {
        assertThat(entry.independent()).as(what).isFalse();
        continue;
      }
      ReadFragment fragment = line.fragment().get();
      int timescale = timescale(log, name, entry.init());
      if (before != null) {
        assertThat(fragment.baseDecodeTime()).as("tfdt of %s", what).isEqualTo(before.end());
        // A writer that takes over begins with 1.
        assertThat(fragment.sequenceNumber()).isIn(before.sequenceNumber() + 1, 1L);
      }
      before = fragment;
      if (fragment.samples().isEmpty()) {
        continue;
      }
      assertThat(fragment.samples()).as(what).allMatch(sample -> sample.duration() > 0);
      ReadSample first = fragment.samples().getFirst();
      assertThat(entry.independent()).as("independent %s", what).isEqualTo(first.sync());
      if (fragment.duration() * 1_000_000 / timescale <= targets.partTargetUs()) {
        assertThat(fragment.duration() * 1_000_000 / timescale)
            .as("duration of %s", what)
            .isBetween(entry.durationUs() - 1, entry.durationUs() + 1);
      }
    }
  }

  /** Equal numbers, equal discontinuities, and borders at the same time. */
  private void checkTogether(RecordedLog log) {
    if (log.video().isEmpty() || log.audio().isEmpty()) {
      return;
    }
    NavigableMap<Long, List<Line>> video = RecordedLog.segments(log.video());
    NavigableMap<Long, List<Line>> audio = RecordedLog.segments(log.audio());
    long from = Math.max(video.firstKey(), audio.firstKey());
    long to = Math.min(video.lastKey(), audio.lastKey());
    if (log.ended) {
      assertThat(audio.lastKey()).as("last segment").isEqualTo(video.lastKey());
    }
    for (long msn = from; msn <= to; msn++) {
      PartEntry v = video.getOrDefault(msn, List.of()).getFirst().entry();
      PartEntry a = audio.getOrDefault(msn, List.of()).getFirst().entry();
      assertThat(a.discontinuitySequence()).isEqualTo(v.discontinuitySequence());
      long apartUs = v.gap() || a.gap() ? gapsApartUs : 50_000;
      assertThat(a.programDateTimeUs() - v.programDateTimeUs())
          .as("audio begins segment %d with video", msn)
          .isBetween(-apartUs, apartUs);
    }
  }
}
