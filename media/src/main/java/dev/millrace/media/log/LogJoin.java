package dev.millrace.media.log;

import dev.millrace.media.Bytes;
import java.util.List;
import java.util.Optional;

/** Where one rendition's log goes on in another copy of it. Stateless. */
final class LogJoin {
  private LogJoin() {}

  /**
   * The entry of {@code theirs} that follows {@code ours}; an end marker of our own making where
   * our open segment has no future there and the next segment can be joined.
   *
   * @param floor our first segment has at least this number, if we have none
   */
  static Optional<PartEntry> next(RenditionView ours, RenditionView theirs, long floor) {
    if (theirs.segments().isEmpty()) {
      return Optional.empty();
    }
    if (ours.segments().isEmpty()) {
      long from = Math.max(floor, theirs.segments().getFirst().msn());
      return segment(theirs, from).map(first -> first.entries().getFirst());
    }
    Segment tail = ours.segments().getLast();
    Optional<Segment> following =
        segment(theirs, tail.msn() + 1).filter(next -> isJoinable(tail, next, theirs));
    if (tail.complete()) {
      return following.map(next -> next.entries().getFirst());
    }
    Optional<Segment> same = segment(theirs, tail.msn()).filter(other -> isSameWay(tail, other));
    if (same.isPresent()) {
      List<PartEntry> entries = same.get().entries();
      if (entries.size() > tail.parts().size()) {
        return Optional.of(entries.get(tail.parts().size()));
      }
    }
    return following.map(next -> endMarker(tail));
  }

  /**
   * Whether {@code theirs} has a segment behind all of {@code ours}, of no older session; both have
   * some.
   */
  static boolean isAhead(RenditionView theirs, RenditionView ours) {
    Segment their = theirs.segments().getLast();
    Segment our = ours.segments().getLast();
    return their.msn() > our.msn() && their.epoch() >= our.epoch();
  }

  /**
   * Whether {@code theirs} ends where {@code ours} does, or behind it, or so little before it that
   * its line may be on the way: one entry.
   */
  static boolean isLevel(RenditionView theirs, RenditionView ours) {
    if (ours.segments().isEmpty()) {
      return true;
    }
    if (theirs.segments().isEmpty()) {
      return false;
    }
    Segment their = theirs.segments().getLast();
    Segment our = ours.segments().getLast();
    if (their.msn() == our.msn()) {
      return their.entries().size() + 1 >= our.entries().size();
    }
    return their.msn() > our.msn()
        || (their.msn() == our.msn() - 1 && their.complete() && our.entries().size() == 1);
  }

  /** How many entries {@code theirs} has behind the end of {@code ours}, counted to a limit. */
  static int lead(RenditionView theirs, RenditionView ours, int limit) {
    LogPosition end = ours.last().orElse(new LogPosition(0, 0, 0));
    int lead = 0;
    for (int i = theirs.segments().size() - 1; i >= 0 && lead < limit; i--) {
      Segment their = theirs.segments().get(i);
      if (their.msn() < end.msn()) {
        break;
      }
      int known = their.msn() == end.msn() ? ours.segments().getLast().entries().size() : 0;
      lead += Math.max(0, their.entries().size() - known);
    }
    return Math.min(lead, limit);
  }

  /** Whether {@code theirs} holds where {@code ours} ends. */
  static boolean has(RenditionView theirs, RenditionView ours) {
    Segment tail = ours.segments().getLast();
    return segment(theirs, tail.msn())
        .filter(same -> same.entries().containsAll(tail.entries()))
        .isPresent();
  }

  /** Whether {@code other} begins as {@code tail} does, as far as that goes. */
  private static boolean isSameWay(Segment tail, Segment other) {
    int count = tail.parts().size();
    return other.epoch() == tail.epoch()
        && (other.parts().size() < count
            || other.parts().get(count - 1).equals(tail.parts().getLast()));
  }

  /**
   * Whether a segment may stand behind our last one. Discontinuities are counted one by one, and
   * two sessions have two timelines: where the step between them is missing, only a gap fits, or
   * what followed our last segment there too.
   */
  private static boolean isJoinable(Segment tail, Segment next, RenditionView theirs) {
    long step = next.discontinuitySequence() - tail.discontinuitySequence();
    if (next.epoch() < tail.epoch() || step < 0 || step > 1) {
      return false;
    }
    return step == 1
        || next.epoch() == tail.epoch()
        || next.gap()
        || segment(theirs, tail.msn()).filter(before -> before.epoch() == tail.epoch()).isPresent();
  }

  /** Numbers have no holes within one log. */
  private static Optional<Segment> segment(RenditionView of, long msn) {
    long index = msn - of.segments().getFirst().msn();
    return index >= 0 && index < of.segments().size()
        ? Optional.of(of.segments().get((int) index))
        : Optional.empty();
  }

  private static PartEntry endMarker(Segment open) {
    PartEntry last = open.parts().getLast();
    return new PartEntry(
        new LogPosition(open.epoch(), open.msn(), open.parts().size()),
        0,
        0,
        false,
        true,
        false,
        open.discontinuitySequence(),
        open.init(),
        last.programDateTimeUs() + last.durationUs(),
        0,
        Bytes.EMPTY,
        Bytes.EMPTY);
  }
}
