package dev.millrace.transcoder.packager;

import dev.millrace.media.log.SegmentMark;
import java.util.function.Consumer;

/**
 * Tells where the segments of a presentation begin, before anything of them is written or fed (ADR
 * 6). It counts by itself, because a leading audio track decides before its last part is out.
 */
final class SegmentMarks {
  private final Presentation presentation;
  private final Consumer<SegmentMark> out;
  private int section;
  private long msn;
  private long discontinuitySequence;
  private long anchorUs;
  private long originUs;
  private long lastAway = -1;

  SegmentMarks(Presentation presentation, Consumer<SegmentMark> out) {
    this.presentation = presentation;
    this.out = out;
  }

  /** A section begins; the renditions' timelines have begun. */
  void section(long sectionOriginUs, long wallUs) {
    section++;
    msn = presentation.msn();
    discontinuitySequence = presentation.discontinuitySequence();
    anchorUs = wallUs;
    originUs = sectionOriginUs;
    media(0);
  }

  /** A segment of the section begins. */
  void cut(Cut cut) {
    msn++;
    if (cut.discontinuity()) {
      discontinuitySequence++;
      anchorUs = cut.anchorUs();
    }
    media(cut.atUs());
  }

  private void media(long mediaUs) {
    lastAway = -1;
    out.accept(
        new SegmentMark(
            msn, discontinuitySequence, anchorUs + mediaUs, true, section, mediaUs, originUs));
  }

  /**
   * The section ends at this media time; its segments are written.
   *
   * @return wall time of its end
   */
  long sectionEnds(long mediaUs) {
    away(anchorUs + mediaUs);
    return anchorUs + mediaUs;
  }

  /** A segment without media begins, or the last one ends, at this wall time. */
  void away(long pdtUs) {
    long next = presentation.msn();
    if (next != lastAway) {
      lastAway = next;
      out.accept(SegmentMark.away(next, presentation.discontinuitySequence(), pdtUs));
    }
  }
}
