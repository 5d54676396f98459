package dev.millrace.media.log;

/**
 * What is fixed for the life of a stream (RFC 8216bis: TARGETDURATION must not change).
 *
 * @param segmentUs a segment ends at the first key frame at or after this
 * @param targetDurationS EXT-X-TARGETDURATION; no segment is longer
 * @param partTargetUs PART-TARGET; no part is longer
 * @param windowUs how much media the live playlist keeps, at least
 */
public record Targets(long segmentUs, int targetDurationS, long partTargetUs, long windowUs) {
  /** The defaults: 2 s segments, at most 4 s, parts of 512 ms (24 AAC frames at 48 kHz), 30 s. */
  public static final Targets DEFAULT = new Targets(2_000_000, 4, 512_000, 30_000_000);

  public Targets {
    if (partTargetUs <= 0 || segmentUs < partTargetUs || targetDurationS * 1_000_000L < segmentUs) {
      throw new IllegalArgumentException(
          "needs 0 < part target <= segment <= target duration, found "
              + partTargetUs + " us, " + segmentUs + " us, " + targetDurationS + " s");
    }
  }
}
