package dev.millrace.media.hls;

/** EXT-X-PART-INF (RFC 8216bis §4.4.3.7). */
record PartInf(long partTargetUs) {
  void appendTo(StringBuilder out) {
    Decimal.appendShort(out.append("#EXT-X-PART-INF:PART-TARGET="), partTargetUs).append('\n');
  }
}
