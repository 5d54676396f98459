package dev.millrace.media.log;

import dev.millrace.media.Bytes;

/**
 * One line of a rendition's log.
 *
 * <p>An entry of size 0 that is not a gap is an <em>end marker</em>: it has no duration and no
 * bytes and only says that its segment ended with the part before it (the writer learned of the end
 * after that part was already out).
 *
 * @param durationUs rounded from the absolute times of both ends, so that errors do not add up
 * @param sizeBytes 0 for gaps and end markers
 * @param independent begins with a frame from which decoding can start
 * @param endOfSegment last entry of its segment
 * @param gap no media exists for this time (EXT-X-GAP)
 * @param discontinuitySequence grows by exactly 1 at each EXT-X-DISCONTINUITY
 * @param init file name of the initialization section that applies
 * @param programDateTimeUs wall time of the part's start, microseconds since 1970
 * @param keyFrameBytes length of its beginning up to the end of its first sample, where that is a
 *     video key frame (EXT-X-I-FRAMES-ONLY, RFC 8216bis 4.4.3.6); 0 otherwise
 * @param sha256 of the bytes; empty for gaps and end markers
 * @param tree root of their {@link dev.millrace.media.MerkleTree}, with which a relay checks each
 *     chunk of them alone; empty like {@code sha256}
 */
public record PartEntry(
    LogPosition position,
    long durationUs,
    int sizeBytes,
    boolean independent,
    boolean endOfSegment,
    boolean gap,
    long discontinuitySequence,
    String init,
    long programDateTimeUs,
    int keyFrameBytes,
    Bytes sha256,
    Bytes tree) {

  public PartEntry {
    if (durationUs < 0 || sizeBytes < 0) {
      throw new IllegalArgumentException("negative duration or size at " + position);
    }
  }

  /** Whether this only closes its segment. */
  public boolean isEndMarker() {
    return sizeBytes == 0 && !gap;
  }
}
