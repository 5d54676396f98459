package dev.millrace.media.codec;

import java.util.OptionalDouble;

/**
 * The clock tick of a video stream: {@code numUnitsInTick / timeScale} seconds (H.264 §E.2.1, H.265
 * §E.3.1).
 *
 * @param ticksPerFrame 2 in H.264, where a tick is a field; 1 in H.265, where it is a picture (and
 *     each field a picture, and thus a sample, of its own)
 * @param fixed whether every frame lasts exactly that long (H.264 fixed_frame_rate_flag)
 */
public record VideoTiming(long numUnitsInTick, long timeScale, int ticksPerFrame, boolean fixed) {
  /** Above this a rate is the encoder's time base, not its frame rate. */
  private static final double MAX_FRAME_RATE = 480;

  /** Frames a second; empty where the fields hold no rate that a camera or encoder has. */
  public OptionalDouble frameRate() {
    double rate = (double) timeScale / ((double) numUnitsInTick * ticksPerFrame);
    return plausible(rate) ? OptionalDouble.of(rate) : OptionalDouble.empty();
  }

  static boolean plausible(double frameRate) {
    return frameRate > 0 && frameRate <= MAX_FRAME_RATE;
  }
}
