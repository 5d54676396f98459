package dev.millrace.media.log.sign;

import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.SignedBlock.Covered;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Records of one holder's log that are told only when a block has named them: each rendition in its
 * order, beginning and end of the stream in that of all. Single-threaded.
 *
 * <p>The marker with which a node closes a segment where it joins two logs is signed by nobody. It
 * goes as soon as the next entry of the rendition may, if that begins a later segment: it adds
 * nothing, and who would leave out the rest of a segment by it could as well be silent.
 */
final class HeldRecords {
  private List<Held> waiting = new ArrayList<>();

  /** How many of them, the first ones, were told before the window was complete. */
  private int ofWindow;

  private boolean windowComplete;
  private boolean windowTaken;

  /**
   * One that waits.
   *
   * @param covered empty if it is none of those that are signed
   * @param rendition empty if it concerns all
   */
  private record Held(LogRecord record, Optional<Covered> covered, String rendition) {
    Held(LogRecord record, Optional<Covered> covered) {
      this(
          record,
          covered,
          switch (record) {
            case LogRecord.Appended(String name, PartEntry ignored) -> name;
            case LogRecord.Described(var it) -> it.name();
            default -> "";
          });
    }

    boolean isProven(Predicate<Covered> proven) {
      return covered.isEmpty() || proven.test(covered.get());
    }

    boolean isLaterSegmentThan(PartEntry marker) {
      return record instanceof LogRecord.Appended(String ignored, PartEntry entry)
          && entry.position().msn() > marker.position().msn();
    }
  }

  void take(LogRecord record, Optional<Covered> covered) {
    waiting.add(new Held(record, covered));
    ofWindow += windowComplete ? 0 : 1;
  }

  void windowComplete() {
    windowComplete = true;
  }

  /** Whether all of the window has been given; true once, and what is new goes from then on. */
  boolean takeWindow() {
    boolean now = windowComplete && ofWindow == 0 && !windowTaken;
    windowTaken |= now;
    return now;
  }

  int size() {
    return waiting.size();
  }

  /**
   * Gives what may be told now.
   *
   * @param proven whether a block has named a record
   * @param unsigned told of markers that go without
   */
  List<LogRecord> release(Predicate<Covered> proven, Consumer<Covered> unsigned) {
    forgetBefore(lastBeginning(proven));
    Set<Held> markers = markers(proven);
    List<LogRecord> given = new ArrayList<>();
    List<Held> left = new ArrayList<>();
    Set<String> blocked = new HashSet<>();
    int end = windowTaken ? waiting.size() : ofWindow;
    for (int i = 0; i < end; i++) {
      Held held = waiting.get(i);
      boolean marker = markers.contains(held);
      if ((marker || held.isProven(proven)) && isFree(held, blocked)) {
        given.add(held.record);
        ofWindow -= windowTaken ? 0 : 1;
        if (marker) {
          unsigned.accept(held.covered.orElseThrow());
        }
      } else {
        left.add(held);
        blocked.add(held.rendition);
      }
    }
    left.addAll(waiting.subList(end, waiting.size()));
    waiting = left;
    return given;
  }

  private static boolean isFree(Held held, Set<String> blocked) {
    if (held.covered.isEmpty()) {
      return !blocked.contains("");
    }
    return held.rendition.isEmpty()
        ? blocked.isEmpty()
        : !blocked.contains("") && !blocked.contains(held.rendition);
  }

  /** The newest proven beginning; what stands before it is void. */
  private int lastBeginning(Predicate<Covered> proven) {
    for (int i = waiting.size() - 1; i > 0; i--) {
      if (waiting.get(i).record instanceof LogRecord.Opened && waiting.get(i).isProven(proven)) {
        return i;
      }
    }
    return 0;
  }

  private void forgetBefore(int index) {
    waiting.subList(0, index).clear();
    ofWindow = Math.max(0, ofWindow - index);
  }

  /** Markers whose rendition goes on, proven, with a later segment, or is over. */
  private Set<Held> markers(Predicate<Covered> proven) {
    Set<Held> markers = new HashSet<>();
    Map<String, Held> next = new HashMap<>();
    boolean over = false;
    for (int i = waiting.size() - 1; i >= 0; i--) {
      Held held = waiting.get(i);
      over |= held.record instanceof LogRecord.Ended && held.isProven(proven);
      if (!(held.record instanceof LogRecord.Appended(String rendition, PartEntry entry))) {
        continue;
      }
      if (entry.isEndMarker() && !held.isProven(proven)) {
        Held then = next.get(rendition);
        if (then == null ? over : then.isProven(proven) && then.isLaterSegmentThan(entry)) {
          markers.add(held);
        }
      }
      next.put(rendition, held);
    }
    return markers;
  }
}
