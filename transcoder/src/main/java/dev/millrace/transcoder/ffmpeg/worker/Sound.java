package dev.millrace.transcoder.ffmpeg.worker;

import java.util.Arrays;

/**
 * Stereo sound, samples between -1 and 1. Takes the arrays: nobody else may change them. One
 * thread.
 */
final class Sound {
  private final float[] left;
  private final float[] right;

  Sound(float[] left, float[] right) {
    this.left = left;
    this.right = right;
  }

  static Sound silence(int length) {
    return new Sound(new float[length], new float[length]);
  }

  int length() {
    return left.length;
  }

  /** Borrowed: not to be changed. */
  float[] left() {
    return left;
  }

  /** Borrowed: not to be changed. */
  float[] right() {
    return right;
  }

  /** The sound from this sample on, with {@code length} samples: stretched a little if need be. */
  Sound from(int start, int length) {
    if (start == 0 && length == left.length) {
      return this;
    }
    return new Sound(stretched(left, start, length), stretched(right, start, length));
  }

  /** Linear between the neighbours: the change is one sample in hundreds, if there is any. */
  private static float[] stretched(float[] samples, int start, int length) {
    int available = samples.length - start;
    if (available == length || available == 0) {
      return Arrays.copyOfRange(samples, start, start + length);
    }
    float[] out = new float[length];
    double step = (double) available / length;
    for (int i = 0; i < length; i++) {
      double at = i * step;
      int index = start + (int) at;
      float share = (float) (at - (int) at);
      float following = samples[Math.min(index + 1, samples.length - 1)];
      out[i] = samples[index] * (1 - share) + following * share;
    }
    return out;
  }
}
