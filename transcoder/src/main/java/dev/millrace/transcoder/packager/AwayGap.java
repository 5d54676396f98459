package dev.millrace.transcoder.packager;

import dev.millrace.media.log.Targets;

/**
 * The time between sections, while the publisher is away (ADR 4): appends GAP parts in real time
 * and closes a GAP segment at the segment target, in all renditions alike. All times are wall times
 * of the playlist (EXT-X-PROGRAM-DATE-TIME), which go on from the end of the media.
 */
final class AwayGap {
  /**
   * The media's end may lie this far back when its end is noticed (an idle connection takes 4 s),
   * and the gap catches up; if it lies further back, the next discontinuity takes up the
   * difference.
   */
  private static final long MAX_LAG_US = 10_000_000;

  /** The same where another node wrote: nobody did for as long as the publisher was away. */
  private static final long MAX_ADOPTED_LAG_US = 120_000_000;

  /** An absence this short is not worth a gap segment: the next part comes in time enough. */
  private static final long SHORT_US = 200_000;

  /**
   * The same where the node that had the publisher until now has put out all that it got: nothing
   * is missing then but what clocks differ and the way here took.
   */
  private static final long SHORT_HANDED_OVER_US = 1_000_000;

  private final Presentation presentation;
  private final Targets targets;
  private final SegmentMarks marks;
  private final long startNanos;
  private final long baseUs;
  private final long shortUs;
  private long positionUs;
  private long segmentStartUs;
  private boolean begun;

  /**
   * @param wallUs wall time of {@code nowNanos}
   */
  AwayGap(
      Presentation presentation, Targets targets, long nowNanos, long wallUs, SegmentMarks marks) {
    this(presentation, targets, nowNanos, wallUs, marks, MAX_LAG_US, SHORT_US);
  }

  /**
   * For a presentation that another node left; tells its end.
   *
   * @param handedOver whether that node has put out all that it got
   */
  static AwayGap adopted(
      Presentation presentation,
      Targets targets,
      long nowNanos,
      long wallUs,
      SegmentMarks marks,
      boolean handedOver) {
    marks.away(presentation.shortestEndPdtUs());
    return new AwayGap(
        presentation,
        targets,
        nowNanos,
        wallUs,
        marks,
        MAX_ADOPTED_LAG_US,
        handedOver ? SHORT_HANDED_OVER_US : SHORT_US);
  }

  private AwayGap(
      Presentation presentation,
      Targets targets,
      long nowNanos,
      long wallUs,
      SegmentMarks marks,
      long maxLagUs,
      long shortUs) {
    this.presentation = presentation;
    this.targets = targets;
    this.marks = marks;
    this.shortUs = shortUs;
    this.startNanos = nowNanos;
    this.positionUs = presentation.shortestEndPdtUs();
    this.segmentStartUs = positionUs;
    long lagUs = wallUs - positionUs;
    this.baseUs = lagUs > 0 && lagUs <= maxLagUs ? wallUs : positionUs;
  }

  /** Appends what is due. */
  void tick(long nowNanos) {
    long dueUs = dueUs(nowNanos);
    if (dueUs < startsUs()) {
      return;
    }
    for (long step = step(); positionUs + step <= dueUs; step = step()) {
      advance(step, positionUs + step >= segmentStartUs + targets.segmentUs());
    }
  }

  /** Monotonic time at which {@link #tick} has something to do. */
  long nextNanos() {
    return startNanos + (Math.max(positionUs + step(), startsUs()) - baseUs) * 1_000;
  }

  /** Before that there is nothing to tell. */
  private long startsUs() {
    return begun ? positionUs : positionUs + shortUs;
  }

  /** The publisher is back: ends the open gap segment now; a very short absence leaves none. */
  void finish(long nowNanos) {
    tick(nowNanos);
    if (positionUs > segmentStartUs || dueUs(nowNanos) - positionUs > shortUs) {
      advance(Math.clamp(dueUs(nowNanos) - positionUs, 1_000, step()), true);
    }
  }

  private void advance(long us, boolean endOfSegment) {
    begun = true;
    positionUs += us;
    for (RenditionWriter writer : presentation.writers()) {
      writer.gapUntil(positionUs, endOfSegment);
    }
    if (endOfSegment) {
      segmentStartUs = positionUs;
      marks.away(positionUs);
    }
  }

  private long step() {
    return Math.min(targets.partTargetUs(), segmentStartUs + targets.segmentUs() - positionUs);
  }

  private long dueUs(long nowNanos) {
    return baseUs + (nowNanos - startNanos) / 1_000;
  }
}
