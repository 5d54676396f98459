package dev.millrace.relay.mesh;

import java.util.concurrent.TimeUnit;

/**
 * Whether a peer takes more than its share, in windows of 10 s (section 9): it may ask for twice
 * the bytes of the streams it has. Mesh's executor.
 */
final class Share {
  private static final long WINDOW = TimeUnit.SECONDS.toNanos(10);
  private static final long FREE_BYTES = 4L << 20;
  private static final int TIMES_ASKED = 2;

  private long since;
  private long streamBytes;
  private long askedBytes;

  Share(long now) {
    since = now;
  }

  /** A part of a rendition that it has was signed. */
  void signed(long bytes, long now) {
    roll(now);
    streamBytes += bytes;
  }

  /** It asks for so many bytes; false if that is more than its share. */
  boolean asks(long bytes, long now) {
    roll(now);
    askedBytes += bytes;
    return askedBytes <= FREE_BYTES + TIMES_ASKED * streamBytes;
  }

  /** Half of what was in the window before still counts, so that none begins with nothing. */
  private void roll(long now) {
    if (now - since > WINDOW) {
      since = now;
      streamBytes /= 2;
      askedBytes /= 2;
    }
  }
}
