package dev.millrace.testkit;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the pulses that {@code millrace publish test --bar-code} adds to its sound: chirps of 20 ms
 * between 500 and 4000 Hz; a rising one begins at each full second s of the publisher's media time,
 * a falling one 200 + 75 * (s mod 8) ms later. Found by matched filters, to a fraction of a
 * millisecond also behind AAC of a low bit rate.
 */
public final class Pulses {
  /** After so many seconds the pattern comes again. */
  public static final int PERIOD_SECONDS = 8;

  private static final double SECONDS = 0.020;
  private static final double LOW_HZ = 500;
  private static final double HIGH_HZ = 4000;

  /** A pulse has a peak of 0.5; no other sound of the publisher has more than 0.03. */
  private static final float AUDIBLE = 0.15f;

  /** Correlation, 1 for equality, from which on something is a pulse. */
  private static final double ALIKE = 0.6;

  private Pulses() {}

  /**
   * A full second of the publisher's media time.
   *
   * @param sample where it begins
   * @param second which it is, modulo {@link #PERIOD_SECONDS}
   */
  public record Second(long sample, int second) {}

  /** The full seconds in one channel of sound, those whose both pulses are in it. */
  public static List<Second> find(float[] samples, int sampleRate) {
    List<Integer> starts = peaks(samples, chirp(LOW_HZ, HIGH_HZ, sampleRate));
    List<Integer> marks = peaks(samples, chirp(HIGH_HZ, LOW_HZ, sampleRate));
    List<Second> found = new ArrayList<>();
    for (int start : starts) {
      for (int mark : marks) {
        double steps = ((mark - start) * 1000.0 / sampleRate - 200) / 75;
        int second = (int) Math.round(steps);
        if (second >= 0 && second < PERIOD_SECONDS && Math.abs(steps - second) < 0.1) {
          found.add(new Second(start, second));
        }
      }
    }
    return found;
  }

  /** Where the template fits best, for each place where it fits at all. */
  private static List<Integer> peaks(float[] samples, float[] template) {
    double templateNorm = norm(template, 0, template.length);
    List<Integer> peaks = new ArrayList<>();
    int best = -1;
    double bestScore = ALIKE;
    for (int i = 0; i + template.length <= samples.length; i++) {
      if (best >= 0 && i - best > template.length) {
        peaks.add(best);
        best = -1;
        bestScore = ALIKE;
      }
      // The middle of a pulse is loud, so that most positions need no product at all.
      if (loud(samples, i + template.length / 2)) {
        double product = 0;
        for (int j = 0; j < template.length; j++) {
          product += samples[i + j] * template[j];
        }
        double score = product / (templateNorm * norm(samples, i, template.length) + 1e-9);
        if (score > bestScore) {
          bestScore = score;
          best = i;
        }
      }
    }
    if (best >= 0) {
      peaks.add(best);
    }
    return peaks;
  }

  /** Whether there is a loud sample within a millisecond or so. */
  private static boolean loud(float[] samples, int middle) {
    for (int i = middle - 40; i < middle + 40; i++) {
      if (Math.abs(samples[i]) > AUDIBLE) {
        return true;
      }
    }
    return false;
  }

  private static double norm(float[] samples, int from, int length) {
    double sum = 0;
    for (int i = from; i < from + length; i++) {
      sum += samples[i] * samples[i];
    }
    return Math.sqrt(sum);
  }

  private static float[] chirp(double fromHz, double toHz, int sampleRate) {
    float[] pulse = new float[(int) (SECONDS * sampleRate)];
    for (int i = 0; i < pulse.length; i++) {
      double t = (double) i / sampleRate;
      double phase = 2 * Math.PI * (fromHz * t + (toHz - fromHz) * t * t / (2 * SECONDS));
      double window = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / pulse.length);
      pulse[i] = (float) (window * Math.sin(phase));
    }
    return pulse;
  }
}
