package dev.millrace.media.hls;

import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartEntry;

/** EXT-X-PART (RFC 8216bis §4.4.4.9). */
record Part(PartEntry entry) {
  void appendTo(StringBuilder out) {
    Decimal.appendFull(out.append("#EXT-X-PART:DURATION="), entry.durationUs());
    appendFileName(out.append(",URI=\""), entry.position()).append('"');
    if (entry.gap()) {
      out.append(",GAP=YES");
    } else if (entry.independent()) {
      out.append(",INDEPENDENT=YES");
    }
    out.append('\n');
  }

  /** The same text as {@code FileName.Part}, without the objects in between. */
  static StringBuilder appendFileName(StringBuilder out, LogPosition at) {
    return out.append(at.epoch())
        .append('-')
        .append(at.msn())
        .append('.')
        .append(at.part())
        .append(".m4s");
  }
}
