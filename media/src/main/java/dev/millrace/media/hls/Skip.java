package dev.millrace.media.hls;

import dev.millrace.media.log.Segment;
import java.util.List;

/** EXT-X-SKIP (RFC 8216bis §4.4.5.2): what a delta update leaves out. */
record Skip(int skippedSegments) {
  /** Nothing is left out. */
  static final Skip NONE = new Skip(0);

  /** The segments that end before the skip boundary: a delta may leave out these, and no others. */
  static Skip of(List<Segment> complete, long completeUs, long canSkipUntilUs) {
    long behindUs = completeUs;
    int skipped = 0;
    for (Segment segment : complete) {
      behindUs -= segment.durationUs();
      if (behindUs <= canSkipUntilUs) {
        break;
      }
      skipped++;
    }
    return new Skip(skipped);
  }

  void appendTo(StringBuilder out) {
    if (skippedSegments > 0) {
      out.append("#EXT-X-SKIP:SKIPPED-SEGMENTS=").append(skippedSegments).append('\n');
    }
  }
}
