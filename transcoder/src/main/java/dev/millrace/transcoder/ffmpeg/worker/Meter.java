package dev.millrace.transcoder.ffmpeg.worker;

import java.util.function.LongSupplier;

/**
 * How fast a rung is encoded. Written by its thread, read by any: each field alone is right, and
 * nothing is decided by two of them together that needs them of one moment.
 */
final class Meter {
  private static final long NONE = Long.MIN_VALUE;

  private final LongSupplier nanoTime;
  private volatile long frames;
  private volatile long busyNanos;
  private volatile long atUs = NONE;
  private long started;

  Meter(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  void start(long ptsUs) {
    atUs = ptsUs;
    started = nanoTime.getAsLong();
  }

  /** The thread waits for another. */
  void pause() {
    stop();
  }

  void resume() {
    started = nanoTime.getAsLong();
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  void stop() {
    busyNanos += nanoTime.getAsLong() - started;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  void encoded() {
    frames++;
  }

  /** Frames encoded. */
  long frames() {
    return frames;
  }

  /** Time spent on scaling and encoding. */
  long busyNanos() {
    return busyNanos;
  }

  /** Session time of the frame in work or done last; {@link Long#MIN_VALUE} before the first. */
  long atUs() {
    return atUs;
  }
}
