package dev.millrace.media.log;

import java.util.List;

/**
 * Bit rates measured over complete segments (RFC 8216bis §4.1). Gap segments are left out.
 *
 * @param peakBps the largest of all contiguous sets of segments that last between 0.5 and 1.5
 *     target durations; where no set is of that length, the average; 0 if nothing was measured
 * @param averageBps over everything measured; 0 if nothing was
 * @param measuredUs how much media that was
 */
public record Bitrates(long peakBps, long averageBps, long measuredUs) {
  /** Nothing measured. */
  public static final Bitrates NONE = new Bitrates(0, 0, 0);

  static Bitrates measure(List<Segment> segments, int targetDurationS) {
    long minimumUs = targetDurationS * 500_000L;
    long maximumUs = targetDurationS * 1_500_000L;
    long totalBytes = 0;
    long totalUs = 0;
    long peakBps = 0;
    for (int first = 0; first < segments.size(); first++) {
      if (!isMeasurable(segments.get(first))) {
        continue;
      }
      totalBytes += segments.get(first).sizeBytes();
      totalUs += segments.get(first).durationUs();
      long bytes = 0;
      long durationUs = 0;
      for (int next = first; next < segments.size(); next++) {
        Segment segment = segments.get(next);
        durationUs += segment.durationUs();
        if (!isMeasurable(segment) || durationUs > maximumUs) {
          break;
        }
        bytes += segment.sizeBytes();
        if (durationUs >= minimumUs) {
          peakBps = Math.max(peakBps, bps(bytes, durationUs));
        }
      }
    }
    if (totalUs == 0) {
      return NONE;
    }
    long averageBps = bps(totalBytes, totalUs);
    return new Bitrates(Math.max(peakBps, averageBps), averageBps, totalUs);
  }

  private static boolean isMeasurable(Segment segment) {
    return segment.complete() && !segment.gap() && segment.durationUs() > 0;
  }

  private static long bps(long bytes, long durationUs) {
    return Math.ceilDiv(bytes * 8_000_000L, durationUs);
  }
}
