package dev.millrace.media.log;

/**
 * Where the segment clock of a stream begins a segment, for all renditions alike: whoever writes
 * another rendition of the stream ends the segment before at {@link #pdtUs} and begins number
 * {@link #msn} there. A mark with the number of the mark before replaces it, because nothing was
 * written between them (a publisher that returned at once).
 *
 * @param msn media sequence number of the segment that begins
 * @param discontinuitySequence of that segment; one more than before where EXT-X-DISCONTINUITY
 *     stands
 * @param pdtUs wall time of its start (EXT-X-PROGRAM-DATE-TIME), microseconds since 1970
 * @param media false while the publisher is away: the segment is a gap in all renditions
 * @param section counts the stretches of media with one timeline each; 0 where {@code media} is
 *     false
 * @param mediaUs media time of its start ({@code tfdt}); 0 at the start of a section
 * @param originUs time of the session's frames that is media time 0 of the section
 */
public record SegmentMark(
    long msn,
    long discontinuitySequence,
    long pdtUs,
    boolean media,
    int section,
    long mediaUs,
    long originUs) {

  /** The start of a segment without media. */
  public static SegmentMark away(long msn, long discontinuitySequence, long pdtUs) {
    return new SegmentMark(msn, discontinuitySequence, pdtUs, false, 0, 0, 0);
  }

  /** Wall time of media time 0 of the section. */
  public long anchorUs() {
    return pdtUs - mediaUs;
  }
}
