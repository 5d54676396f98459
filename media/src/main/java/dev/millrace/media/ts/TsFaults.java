package dev.millrace.media.ts;

/**
 * What was wrong with a transport stream so far; each is counted and passed over.
 *
 * @param syncBytes bytes passed over in search of packets
 * @param transportErrors packets whose transport_error_indicator was set
 * @param malformed packets, sections or PES packets that broke the format, or that are of a kind
 *     that is not read
 * @param continuity places where packets of a PID are missing
 * @param oversize PES packets beyond the limit
 */
public record TsFaults(
    long syncBytes, long transportErrors, long malformed, long continuity, long oversize) {
  /** Nothing. */
  public static final TsFaults NONE = new TsFaults(0, 0, 0, 0, 0);

  /** All of them together; for telling whether there are any. */
  public long total() {
    return syncBytes + transportErrors + malformed + continuity + oversize;
  }
}
