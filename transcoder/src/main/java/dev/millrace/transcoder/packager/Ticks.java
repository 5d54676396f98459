package dev.millrace.transcoder.packager;

/**
 * Conversion of absolute times between microseconds and a media timescale, rounded to the nearest.
 * Only absolute times are converted, never durations, so that errors do not add up. Exact for some
 * three years at 90 kHz.
 */
final class Ticks {
  private Ticks() {}

  static long fromUs(long us, int timescale) {
    return Math.floorDiv(us * timescale + 500_000, 1_000_000);
  }

  static long toUs(long ticks, int timescale) {
    return Math.floorDiv(ticks * 1_000_000 + timescale / 2, timescale);
  }
}
