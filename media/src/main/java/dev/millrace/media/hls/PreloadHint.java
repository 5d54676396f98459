package dev.millrace.media.hls;

import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.RenditionView;

/** EXT-X-PRELOAD-HINT (RFC 8216bis §4.4.5.3): what a client may ask for before it exists. */
final class PreloadHint {
  private PreloadHint() {}

  /** The next part, and its initialization section if that is known to be another one. */
  static void appendTo(StringBuilder out, RenditionView rendition) {
    if (rendition.next().isEmpty()) {
      return;
    }
    LogPosition next = rendition.next().get();
    String announced = rendition.description().init();
    // A segment has one initialization section, so only a new segment can begin with another.
    if (next.part() == 0 && !announced.equals(rendition.segments().getLast().init())) {
      out.append("#EXT-X-PRELOAD-HINT:TYPE=MAP,URI=\"").append(announced).append("\"\n");
    }
    out.append("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"");
    Part.appendFileName(out, next).append("\"\n");
  }
}
