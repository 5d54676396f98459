package dev.millrace.transcoder.ffmpeg.worker;

import java.util.function.LongSupplier;

/**
 * How fast a rung is encoded. Written by its thread, read by any: each field alone is right, and
 * nothing is decided by two of them together that needs them of one moment.
 */
final class Meter {
  private static final long NONE = Long.MIN_VALUE;

  /** What the rates are taken over. */
  private static final long WINDOW_NANOS = 2_000_000_000L;

  private final LongSupplier nanoTime;
  private volatile long frames;
  private volatile long atUs = NONE;
  private volatile double busyShare;
  private volatile double speed;
  private volatile double fps;

  // Of the rung's thread alone:
  private long started;
  private long busyNanos;
  private boolean begun;
  private long windowSince;
  private long windowBusy;
  private long windowFrames;
  private long windowUs;

  Meter(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Work on the frame of this session time begins. */
  void start(long ptsUs) {
    atUs = ptsUs;
    started = nanoTime.getAsLong();
    if (!begun) {
      begun = true;
      beginWindow(started, ptsUs);
    } else if (started - windowSince >= WINDOW_NANOS) {
      rate(started, ptsUs);
      beginWindow(started, ptsUs);
    }
  }

  private void beginWindow(long now, long ptsUs) {
    windowSince = now;
    windowBusy = busyNanos;
    windowFrames = frames;
    windowUs = ptsUs;
  }

  private void rate(long now, long ptsUs) {
    double seconds = (now - windowSince) / 1e9;
    double busy = (busyNanos - windowBusy) / 1e9;
    busyShare = busy / seconds;
    fps = (frames - windowFrames) / seconds;
    speed = busy > 0 && ptsUs > windowUs ? (ptsUs - windowUs) / 1e6 / busy : 0;
  }

  /** Work pauses or is done. */
  void stop() {
    busyNanos += nanoTime.getAsLong() - started;
  }

  /** Work goes on. */
  void resume() {
    started = nanoTime.getAsLong();
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  void encoded() {
    frames++;
  }

  /** Frames encoded. */
  long frames() {
    return frames;
  }

  /** Session time of the frame in work or done last; {@link Long#MIN_VALUE} before the first. */
  long atUs() {
    return atUs;
  }

  /** Share of its thread's time that the rung needed lately. */
  double busyShare() {
    return busyShare;
  }

  /** Seconds of media for each second of scaling and encoding; 0 if not known yet. */
  double speed() {
    return speed;
  }

  /** Frames encoded a second lately. */
  double fps() {
    return fps;
  }
}
