package dev.millrace.transcoder.packager;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.RenditionSink;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The log of a rendition that follows the marks of another's segment clock (ADR 6): knows which
 * segment is open and which come after it, and fills with gaps what no media came for. A log that
 * another writer left is gone on with; one that does not exist begins with the first media.
 */
final class RungLog {
  /** Marks kept before the log exists. */
  private static final int MAX_AHEAD = 1_000;

  private static final long SHORTEST_GAP_US = 1_000;

  /**
   * A segment to be written.
   *
   * @param mark where it begins
   * @param endOfPreviousUs wall time at which the segment before it ends
   * @param shed whether it is to be a gap
   */
  record Planned(SegmentMark mark, long endOfPreviousUs, boolean shed) {}

  private final RenditionSink sink;
  private final StreamPath path;
  private final long epoch;
  private final String name;
  private final Targets targets;
  private final Deque<Planned> ahead = new ArrayDeque<>();
  private @Nullable Planned current;
  private @Nullable RenditionWriter writer;
  private boolean joined;

  RungLog(RenditionSink sink, StreamPath path, long epoch, Targets targets, String name) {
    this.sink = sink;
    this.path = path;
    this.epoch = epoch;
    this.targets = targets;
    this.name = name;
  }

  /** The mark of the open segment; empty before the first. */
  Optional<Planned> current() {
    return Optional.ofNullable(current);
  }

  /** The mark after the open segment, if it is known. */
  Optional<Planned> next() {
    return Optional.ofNullable(ahead.peek());
  }

  /** Whether this mark goes on with the section of the newest mark. */
  boolean sameSection(SegmentMark mark) {
    Planned newest = ahead.isEmpty() ? current : ahead.getLast();
    return newest != null
        && mark.media()
        && newest.mark().media()
        && newest.mark().section() == mark.section();
  }

  /**
   * A mark follows that is not of this section. Has it the number of the newest mark, that one does
   * not count any more.
   *
   * @return wall time at which the section ends
   */
  long sectionEnds(SegmentMark mark) {
    Planned newest = ahead.peekLast();
    if (newest == null || newest.mark().msn() != mark.msn()) {
      return mark.pdtUs();
    }
    ahead.removeLast();
    return newest.endOfPreviousUs();
  }

  /** Whether this mark takes the place of the open segment's, of which nothing is written. */
  boolean replacesCurrent(SegmentMark mark) {
    return ahead.isEmpty() && current != null && current.mark().msn() == mark.msn() && atStart();
  }

  /**
   * The next mark. Without a segment open, it is opened; else {@link #advance} opens it.
   *
   * @param shed whether the segment is to be a gap
   */
  void add(SegmentMark mark, boolean shed) {
    if (!joined) {
      join();
    }
    Planned newest = ahead.isEmpty() ? current : ahead.getLast();
    if (newest == null) {
      open(new Planned(mark, mark.pdtUs(), shed));
    } else if (mark.msn() == newest.mark().msn()) {
      replace(new Planned(mark, newest.endOfPreviousUs(), shed));
    } else if (mark.msn() > newest.mark().msn()) {
      ahead.add(new Planned(mark, endOf(newest.mark(), mark), shed));
      if (ahead.size() > MAX_AHEAD && writer == null) {
        advance();
      }
    }
  }

  /** The next mark, before which no media comes: gaps up to it. */
  void passTo(SegmentMark mark, boolean shed) {
    add(mark, shed);
    while (!ahead.isEmpty()) {
      advance();
    }
  }

  /**
   * Where the segment ends that another follows. Sections are told apart by marks without media; of
   * those a reader that joins late may miss the one that tells the end of a gap.
   */
  private long endOf(SegmentMark mark, SegmentMark next) {
    if (sameSection(next)) {
      return mark.anchorUs() + next.mediaUs();
    }
    boolean jumps = next.discontinuitySequence() != mark.discontinuitySequence();
    long mostUs = targets.targetDurationS() * 1_000_000L;
    return jumps ? Math.min(next.pdtUs(), mark.pdtUs() + mostUs) : next.pdtUs();
  }

  private void replace(Planned by) {
    if (ahead.isEmpty()) {
      open(by);
    } else {
      ahead.removeLast();
      ahead.add(by);
    }
  }

  private void join() {
    joined = true;
    writer =
        sink.tail(path, name)
            .map(tail -> new RenditionWriter(sink, path, epoch, name, tail))
            .orElse(null);
  }

  /** Reads anew where the log ends; what was missed becomes gaps. */
  void rejoin() {
    join();
    if (current != null) {
      open(current);
    }
  }

  /** The open segment ends where the next begins; what is missing of it becomes gaps. */
  void advance() {
    advance(ahead.element().endOfPreviousUs());
  }

  /** As {@link #advance()}, but what is missing ends at this wall time. */
  void advance(long endPdtUs) {
    Planned next = ahead.remove();
    endCurrent(endPdtUs);
    open(next);
  }

  /** Ends the open segment at this wall time, unless it is complete. */
  void endCurrent(long endPdtUs) {
    if (isCurrent()) {
      closeSegment(endPdtUs);
    }
  }

  private void open(Planned opened) {
    current = opened;
    RenditionWriter log = writer;
    if (log == null) {
      return;
    }
    SegmentMark mark = opened.mark();
    if (log.msn() < mark.msn()
        && !log.segmentEmpty()
        && log.endPdtUs() >= opened.endOfPreviousUs()) {
      log.endSegment();
    }
    while (log.msn() < mark.msn()) {
      bridge(log, opened);
    }
    if (isCurrent() && log.segmentEmpty()) {
      log.enter(mark);
    }
  }

  /** A segment whose mark is not known any more: an even share of the time up to the known one. */
  private void bridge(RenditionWriter log, Planned to) {
    long missing = to.mark().msn() - log.msn();
    long breaks = to.mark().discontinuitySequence() - log.discontinuitySequence();
    if (breaks > missing && log.segmentEmpty()) {
      log.discontinuity(log.endPdtUs(), 0);
    }
    long shareUs = (to.endOfPreviousUs() - log.endPdtUs()) / missing;
    closeSegment(
        log.endPdtUs()
            + Math.clamp(shareUs, SHORTEST_GAP_US, targets.targetDurationS() * 1_000_000L));
  }

  /** Whether the log is in the open segment: not ahead of the marks, and not without entries. */
  boolean isCurrent() {
    return writer != null && current != null && writer.msn() == current.mark().msn();
  }

  /** Whether media may begin: nothing of the open segment is written. */
  boolean atStart() {
    return current != null
        && (writer == null || (writer.msn() == current.mark().msn() && writer.segmentEmpty()));
  }

  /** Whether media may begin in the middle of the open segment. */
  boolean mayJoin() {
    return current != null && (writer == null || isCurrent());
  }

  /**
   * Media begins with the open segment, or, where {@link #mayJoin}, behind gaps in it. Creates the
   * log.
   */
  RenditionWriter begin(RenditionDescription description) {
    Planned begun = current;
    if (begun == null) {
      throw new IllegalStateException(name + " begins before its first mark");
    }
    SegmentMark mark = begun.mark();
    RenditionWriter log = writer;
    if (log == null) {
      log =
          new RenditionWriter(
              sink, path, epoch, name, mark.msn(), mark.discontinuitySequence(), false);
      log.anchor(mark.anchorUs());
      log.joins(mark.pdtUs());
      writer = log;
    }
    log.describe(description);
    return log;
  }

  /** No media comes before this media time of the open section: gaps up to it. */
  void passBy(long mediaUs) {
    for (Planned next = ahead.peek();
        next != null && next.mark().mediaUs() <= mediaUs;
        next = ahead.peek()) {
      advance();
    }
    gapUntil(mediaUs);
  }

  /** Gaps of the open segment: parts that end before this media time. */
  void gapUntil(long mediaUs) {
    RenditionWriter log = writer;
    Planned open = current;
    if (log == null || open == null || !isCurrent()) {
      return;
    }
    long dueUs = open.mark().anchorUs() + mediaUs;
    while (log.endPdtUs() + targets.partTargetUs() <= dueUs) {
      log.gapUntil(log.endPdtUs() + targets.partTargetUs(), false);
    }
  }

  /** Gaps of the open segment up to exactly this media time. */
  void gapExactlyUntil(long mediaUs) {
    gapUntil(mediaUs);
    RenditionWriter log = writer;
    Planned open = current;
    if (log != null && open != null) {
      long dueUs = open.mark().anchorUs() + mediaUs;
      if (dueUs - log.endPdtUs() >= SHORTEST_GAP_US) {
        log.gapUntil(dueUs, false);
      }
    }
  }

  private void closeSegment(long endPdtUs) {
    RenditionWriter log = writer;
    if (log == null) {
      return;
    }
    long partUs = targets.partTargetUs();
    if (!log.segmentEmpty() && endPdtUs - log.endPdtUs() < SHORTEST_GAP_US) {
      log.endSegment();
      return;
    }
    while (log.endPdtUs() + partUs < endPdtUs) {
      log.gapUntil(log.endPdtUs() + partUs, false);
    }
    log.gapUntil(endPdtUs, true);
  }
}
