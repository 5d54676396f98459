package dev.millrace.media.hls;

import dev.millrace.media.log.Targets;

/**
 * EXT-X-SERVER-CONTROL (RFC 8216bis §4.4.3.8). All values follow from the targets, so that they are
 * the same in all playlists of a stream and never change (§6.2.4).
 */
record ServerControl(long canSkipUntilUs, long holdBackUs, long partHoldBackUs) {

  static ServerControl of(Targets targets) {
    long targetDurationUs = targets.targetDurationS() * 1_000_000L;
    return new ServerControl(
        6 * targetDurationUs, // MUST be at least six target durations
        3 * targetDurationUs, // MUST be at least three target durations
        3 * targets.partTargetUs()); // MUST be at least two, SHOULD be three part targets
  }

  void appendTo(StringBuilder out) {
    out.append("#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=");
    Decimal.appendShort(out, canSkipUntilUs).append(",HOLD-BACK=");
    Decimal.appendShort(out, holdBackUs).append(",PART-HOLD-BACK=");
    Decimal.appendShort(out, partHoldBackUs).append('\n');
  }
}
