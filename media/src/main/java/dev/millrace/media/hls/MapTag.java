package dev.millrace.media.hls;

/** EXT-X-MAP (RFC 8216bis §4.4.4.5): the initialization section of the segments that follow. */
record MapTag(String uri) {
  void appendTo(StringBuilder out) {
    out.append("#EXT-X-MAP:URI=\"").append(uri).append("\"\n");
  }
}
