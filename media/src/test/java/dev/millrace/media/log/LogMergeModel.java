package dev.millrace.media.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Those who have a log, and those who merge it, for {@link LogMergeModelTest}. */
final class LogMergeModel {
  private LogMergeModel() {}

  /** How often what is rare happened. */
  static final class Seen {
    int restarts;
    int joins;
  }

  /** Somebody who has a log. */
  static class Copy {
    StreamView view = StreamView.empty();
    final List<LogRecord> records = new ArrayList<>();

    void tell(List<LogRecord> more) {
      for (LogRecord record : more) {
        view = view.apply(record);
        records.add(record);
      }
    }
  }

  /** Reads a copy's log at its own pace: the window, then what is new. */
  static final class Reading {
    final Copy from;
    final List<LogRecord> window;
    int told;
    int next;
    boolean complete;

    Reading(Copy from) {
      this.from = from;
      this.window = from.view.replay();
      this.next = from.records.size();
    }
  }

  /** Merges what it reads, as replicas and edges do. */
  static final class Merging extends Copy {
    LogMerge<Reading> merge = new LogMerge<>(StreamView.empty());
    final List<Reading> readings = new ArrayList<>();
    private final Seen seen;

    Merging(Seen seen) {
      this.seen = seen;
    }

    void follow(Copy other) {
      Reading reading = new Reading(other);
      readings.add(reading);
      take(merge.add(reading));
    }

    /** One that is said to be where the log is written. */
    void followWriter(Copy other) {
      follow(other);
      take(merge.writer(readings.getLast(), true));
    }

    void leave(Reading reading) {
      readings.remove(reading);
      take(merge.remove(reading));
    }

    /** Reads up to so many records; false if there was nothing to read. */
    boolean read(Reading reading, int most) {
      boolean any = false;
      for (int i = 0; i < most; i++) {
        if (reading.told < reading.window.size()) {
          take(merge.record(reading, reading.window.get(reading.told++)));
        } else if (!reading.complete && reading.from.view.opened()) {
          reading.complete = true;
          take(merge.windowComplete(reading));
        } else if (reading.next < reading.from.records.size()) {
          take(merge.record(reading, reading.from.records.get(reading.next++)));
        } else {
          return any;
        }
        any = true;
      }
      return any;
    }

    private void take(List<LogRecord> told) {
      Map<String, Segment> before = tails(view);
      long presentation = view.presentationEpoch();
      boolean opened = view.opened();
      tell(told);
      if (opened && view.presentationEpoch() == presentation) {
        boolean restarted = merge.takeRestarted();
        seen.restarts += restarted ? 1 : 0;
        seen.joins += ownEndMarkers(told);
        noneWentBack(before, restarted);
      } else {
        merge.takeRestarted();
      }
      assertThat(merge.view().replay()).isEqualTo(view.replay());
    }

    private int ownEndMarkers(List<LogRecord> told) {
      return (int)
          told.stream()
              .filter(LogRecord.Appended.class::isInstance)
              .map(record -> ((LogRecord.Appended) record).entry())
              .filter(entry -> entry.isEndMarker() && entry.programDateTimeUs() > 0)
              .count();
    }

    private void noneWentBack(Map<String, Segment> before, boolean restarted) {
      Map<String, Segment> after = tails(view);
      before.forEach(
          (name, was) -> {
            Segment is = after.get(name);
            if (is == null) {
              throw new AssertionError(name + " is not there any more");
            }
            assertThat(is.msn()).as("number of %s", name).isGreaterThanOrEqualTo(was.msn());
            assertThat(is.epoch()).as("epoch of %s", name).isGreaterThanOrEqualTo(was.epoch());
            if (is.msn() == was.msn() && !restarted) {
              assertThat(is.entries()).startsWith(was.entries().toArray(PartEntry[]::new));
            }
          });
    }

    private Map<String, Segment> tails(StreamView view) {
      Map<String, Segment> tails = new HashMap<>();
      for (RenditionView rendition : view.renditions()) {
        if (!rendition.segments().isEmpty()) {
          tails.put(rendition.description().name(), rendition.segments().getLast());
        }
      }
      return tails;
    }
  }
}
