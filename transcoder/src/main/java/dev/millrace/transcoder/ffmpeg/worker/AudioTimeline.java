package dev.millrace.transcoder.ffmpeg.worker;

/**
 * Places blocks of decoded sound on the media's time, counted in samples. The count is exact as
 * long as the source's times agree with it; what the source is late is filled with silence, what it
 * is early is cut off, and a clock that runs differently is followed by stretching blocks by less
 * than anybody hears. One thread.
 */
final class AudioTimeline {
  /** A difference in time above this is a hole or an overlap, not a clock that drifts. */
  private static final double HARD_S = 0.1;

  /** A hole longer than this is not filled: sound begins anew behind it. */
  private static final double LONGEST_FILL_S = 1.5;

  /** The averaged difference at which drift is corrected, and at which that ends. */
  private static final double DRIFT_S = 0.015;

  private static final double SETTLED_S = 0.002;

  /**
   * Share of the newest difference in the average; the rounding to milliseconds disappears in it.
   */
  private static final double WEIGHT = 0.02;

  /** A block is stretched by at most one sample in so many. */
  private static final int STRETCH = 250;

  private final int sampleRate;
  private boolean begun;
  private long next;
  private double averageDrift;
  private boolean correcting;

  /**
   * What becomes of a block.
   *
   * @param anew the count does not go on: everything begins at the block
   * @param silence samples of silence before it
   * @param skip samples of it that are left out
   * @param length samples that the rest is to have
   */
  record Placing(boolean anew, int silence, int skip, int length) {}

  AudioTimeline(int sampleRate) {
    this.sampleRate = sampleRate;
  }

  /** The count, at the end of what was placed. */
  long next() {
    return next;
  }

  /** Forgets everything: a new timeline begins. */
  void reset() {
    begun = false;
    averageDrift = 0;
    correcting = false;
  }

  /**
   * Places a block.
   *
   * @param at where the source says that it begins
   * @param from where the count begins if this is the first block; not after {@code at}
   */
  Placing place(long at, int length, long from) {
    boolean anew = !begun || at - next > LONGEST_FILL_S * sampleRate;
    if (anew) {
      reset();
      begun = true;
      next = from;
    }
    long drift = at - next;
    boolean hole = drift > HARD_S * sampleRate || (anew && drift > 0);
    boolean overlap = drift < -HARD_S * sampleRate || (anew && drift < 0);
    int silence = hole ? Math.toIntExact(drift) : 0;
    int skip = overlap ? (int) Math.min(length, -drift) : 0;
    int rest = length - skip;
    if (hole || overlap) {
      averageDrift = 0;
      correcting = false;
    } else {
      rest += correction(drift, rest);
    }
    next += silence + rest;
    return new Placing(anew, silence, skip, rest);
  }

  private int correction(long drift, int length) {
    averageDrift += WEIGHT * (drift - averageDrift);
    double seconds = Math.abs(averageDrift) / sampleRate;
    correcting = correcting ? seconds > SETTLED_S : seconds > DRIFT_S;
    if (!correcting) {
      return 0;
    }
    int most = length / STRETCH;
    int by = Math.clamp(Math.round(averageDrift), -most, most);
    averageDrift -= by;
    return by;
  }
}
