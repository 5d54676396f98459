package dev.millrace.relay.mesh.cast;

import dev.millrace.media.Bytes;
import dev.millrace.relay.mesh.ReedSolomon;
import java.util.List;

/**
 * A block at its sender: which of its symbols are sent, and until which index they are to be. An
 * index is sent once; who lacks something gets parity that is new to all. The mesh's executor.
 */
final class SentBlock {
  private final List<Bytes> source;
  private final long[] sentAt;
  private int next;
  private int limit;
  private int asked;

  /**
   * A block of which nothing is sent yet.
   *
   * @param source its k symbols
   * @param parity that is sent in any case
   */
  SentBlock(List<Bytes> source, int parity) {
    this.source = source;
    this.sentAt = new long[source.size() + ReedSolomon.MAX_PARITY];
    this.limit = Math.min(sentAt.length, source.size() + parity);
  }

  int k() {
    return source.size();
  }

  boolean hasNext() {
    return next < limit;
  }

  int nextIndex() {
    return next;
  }

  /** The next symbol, which is sent now. */
  Bytes next(long now) {
    int index = next++;
    sentAt[index] = now;
    return index < source.size() ? source.get(index) : ReedSolomon.parity(source, index);
  }

  /**
   * A listener lacks so many symbols: noted, less those that are on their way to it.
   *
   * @param highest index that it heard; 255 if none
   * @param recent what was sent since may still come to it; nanoseconds of the mesh's time
   * @return how many more are to be sent than were so far; 0 or less: none
   */
  int lacks(int missing, int highest, long recent) {
    int coming = 0;
    for (int index = highest == NOTHING ? 0 : highest + 1; index < limit; index++) {
      coming += index >= next || sentAt[index] - recent >= 0 ? 1 : 0;
    }
    int more = missing - coming - asked;
    asked += Math.max(0, more);
    return more;
  }

  /** Of a NACK: no symbol was heard. */
  static final int NOTHING = 255;

  /**
   * What was noted is to be sent.
   *
   * @return whether an index is left for all of it
   */
  boolean answer() {
    int wanted = limit + asked;
    asked = 0;
    limit = Math.min(wanted, sentAt.length);
    return limit == wanted;
  }

  /** Whether all indices are used up. */
  boolean isUsedUp() {
    return limit == sentAt.length;
  }
}
