package dev.millrace.relay.mesh;

import java.util.concurrent.TimeUnit;

/**
 * Whether a peer takes or sends more than its share, in windows of 10 s (section 9): it may ask for
 * twice the bytes of the streams it has, and sends at most ten times the chunks that are due from
 * it. Mesh's executor.
 */
final class Share {
  private static final long WINDOW = TimeUnit.SECONDS.toNanos(10);
  private static final long FREE_BYTES = 4L << 20;
  private static final int FREE_CHUNKS = 32;
  private static final int TIMES_ASKED = 2;
  private static final int TIMES_MORE = 9;

  private long since;
  private long streamBytes;
  private long askedBytes;
  private long due;
  private long useless;

  Share(long now) {
    since = now;
  }

  /** A part of a rendition that it has was signed; so many chunks of it are due from the peer. */
  void signed(long bytes, int chunksDue, long now) {
    roll(now);
    streamBytes += bytes;
    due += chunksDue;
  }

  /** So many chunks were asked of it. */
  void wanted(int chunks) {
    due += chunks;
  }

  /** It asks for so many bytes; false if that is more than its share. */
  boolean asks(long bytes, long now) {
    roll(now);
    askedBytes += bytes;
    return askedBytes <= FREE_BYTES + TIMES_ASKED * streamBytes;
  }

  /** It sent a chunk of no use; false, and counted anew, if these are nine times what is due. */
  boolean sendsUseless(long now) {
    roll(now);
    useless++;
    if (useless <= FREE_CHUNKS + TIMES_MORE * due) {
      return true;
    }
    useless = 0;
    return false;
  }

  /** Half of what was in the window before still counts, so that none begins with nothing. */
  private void roll(long now) {
    if (now - since > WINDOW) {
      since = now;
      streamBytes /= 2;
      askedBytes /= 2;
      due /= 2;
      useless /= 2;
    }
  }
}
