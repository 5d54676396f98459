package dev.millrace.media.hls;

import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Segment;

/** EXT-X-RENDITION-REPORT (RFC 8216bis §4.4.5.4): how far another playlist of the stream is. */
record RenditionReport(String uri, long lastMsn, int lastPart) {

  /** As seen from another rendition's playlist; the rendition must have a part. */
  static RenditionReport of(RenditionView rendition) {
    Segment tail = rendition.segments().getLast();
    return new RenditionReport(
        "../" + MultivariantPlaylist.mediaPlaylistUri(rendition, PlaylistSet.LOW_LATENCY),
        tail.msn(),
        tail.parts().size() - 1);
  }

  void appendTo(StringBuilder out) {
    out.append("#EXT-X-RENDITION-REPORT:URI=\"")
        .append(uri)
        .append("\",LAST-MSN=")
        .append(lastMsn)
        .append(",LAST-PART=")
        .append(lastPart)
        .append('\n');
  }
}
