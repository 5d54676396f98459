package dev.millrace.transcoder.packager;

import dev.millrace.media.log.Targets;

/**
 * A rendition of the presentation that has no media in the present section: it follows the leading
 * track's media time with parts marked GAP, in the same segments.
 */
final class GapFollower {
  private final RenditionWriter writer;
  private final long partTargetUs;

  GapFollower(RenditionWriter writer, Targets targets) {
    this.writer = writer;
    this.partTargetUs = targets.partTargetUs();
  }

  /** Media time of its end. */
  long endUs() {
    return writer.endPdtUs() - writer.anchorUs();
  }

  boolean segmentEmpty() {
    return writer.segmentEmpty();
  }

  /** The leading track has reached this media time, and no segment ends before it. */
  void reached(long mediaUs) {
    long pdtUs = writer.anchorUs() + mediaUs;
    while (writer.endPdtUs() + partTargetUs <= pdtUs) {
      writer.gapUntil(writer.endPdtUs() + partTargetUs, false);
    }
  }

  /** The section ends here. */
  void finish(long mediaUs) {
    if (!writer.segmentEmpty() || writer.endPdtUs() < writer.anchorUs() + mediaUs) {
      cut(Cut.at(mediaUs));
    }
  }

  /** A segment ends here. */
  void cut(Cut cut) {
    long pdtUs = writer.anchorUs() + cut.atUs();
    while (writer.endPdtUs() + partTargetUs < pdtUs) {
      writer.gapUntil(writer.endPdtUs() + partTargetUs, false);
    }
    if (writer.endPdtUs() < pdtUs || writer.segmentEmpty()) {
      writer.gapUntil(pdtUs, true);
    } else {
      writer.endSegment();
    }
    if (cut.discontinuity()) {
      writer.discontinuity(cut.atUs(), cut.anchorUs());
    }
  }
}
