package dev.millrace.media.live;

/**
 * Frames a second of media time, over the last {@value #FRAMES} video frames. Guarded by its
 * stream's lock.
 */
final class FrameRateMeter {
  private static final int FRAMES = 120;

  private final long[] dtsUs = new long[FRAMES];
  private long count;

  void add(long frameDtsUs) {
    dtsUs[(int) (count++ % FRAMES)] = frameDtsUs;
  }

  /** 0 until two frames with different times are known. */
  double framesPerSecond() {
    int known = (int) Math.min(FRAMES, count);
    if (known < 2) {
      return 0;
    }
    long spanUs = dtsUs[(int) ((count - 1) % FRAMES)] - dtsUs[(int) ((count - known) % FRAMES)];
    return spanUs > 0 ? (known - 1) * 1e6 / spanUs : 0;
  }

  void clear() {
    count = 0;
  }
}
