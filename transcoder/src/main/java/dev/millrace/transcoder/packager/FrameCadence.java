package dev.millrace.transcoder.packager;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * How far apart a source's video frames are: predicts when the next one is due, so that a part can
 * be closed as soon as its last frame is there. RTMP times are whole milliseconds; a declared rate
 * that agrees with them is the better prediction, one that does not is dropped.
 */
final class FrameCadence {
  private static final int WINDOW = 32;
  private static final int ENOUGH = 4;
  private static final long DEFAULT_US = 40_000;

  private final OptionalDouble declaredRate;
  private final long[] deltasUs = new long[WINDOW];
  private int count;
  private long lastUs;
  private boolean any;
  private long typicalUs = DEFAULT_US;
  private long fastestUs = DEFAULT_US;

  FrameCadence(OptionalDouble declaredRate) {
    this.declaredRate =
        declaredRate.isPresent()
                && declaredRate.getAsDouble() > 0.1
                && declaredRate.getAsDouble() < 1000
            ? declaredRate
            : OptionalDouble.empty();
  }

  /** A frame with this decode time came. */
  void frame(long dtsUs) {
    if (any && dtsUs > lastUs) {
      deltasUs[count++ % WINDOW] = dtsUs - lastUs;
      // A few sorts at the start, then one every eighth frame: the rate of a camera changes rarely.
      if (count <= 16 || count % 8 == 0) {
        measure();
      }
    }
    any = true;
    lastUs = dtsUs;
  }

  private void measure() {
    long[] sorted = Arrays.copyOf(deltasUs, Math.min(count, WINDOW));
    Arrays.sort(sorted);
    long median = sorted[sorted.length / 2];
    long sum = 0;
    int near = 0;
    for (long delta : sorted) {
      if (Math.abs(delta - median) <= 2_000) {
        sum += delta;
        near++;
      }
    }
    typicalUs = Math.max(1_000, sum / near);
    fastestUs = Math.max(1_000, sorted[sorted.length / 10]);
  }

  /** Expected distance to the next frame, at least 1 ms. */
  long predictedUs() {
    if (declaredRate.isPresent()) {
      long declaredUs = Math.round(1e6 / declaredRate.getAsDouble());
      if (count < ENOUGH || Math.abs(declaredUs - typicalUs) * 10 <= typicalUs) {
        return Math.max(1_000, declaredUs);
      }
    }
    return typicalUs;
  }

  /** Maximum frames a second times 1000; 0 while nothing is known. */
  int frameRateMilli() {
    if (declaredRate.isPresent()) {
      double rate = declaredRate.getAsDouble();
      boolean plausible = rate * typicalUs >= 0.9e6 && rate * (fastestUs - 1_000) <= 1.02e6;
      if (count < ENOUGH || plausible) {
        return (int) Math.round(rate * 1000);
      }
    }
    return count == 0 ? 0 : (int) Math.round(1e9 / typicalUs);
  }
}
