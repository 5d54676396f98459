package dev.millrace.transcoder.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;

import dev.millrace.transcoder.ffmpeg.av.AvError;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Adds pulses at known instants to planar float sound, for programs to find: each is a chirp of 20
 * ms from 500 to 4000 Hz under a Hann window, whose matched filter has a peak sharper than a
 * millisecond also behind a codec of low bit rate. One begins at each full second s, and another
 * 200 + 75 * (s mod 8) ms later, which tells the seconds apart.
 */
final class PulsePainter {
  private static final double SECONDS = 0.020;
  private static final double LOW_HZ = 500;
  private static final double HIGH_HZ = 4000;
  private static final double PEAK = 0.5;

  private final int sampleRate;
  private final float[] rising;
  private final float[] falling;

  PulsePainter(int sampleRate) {
    this.sampleRate = sampleRate;
    this.rising = chirp(LOW_HZ, HIGH_HZ, sampleRate);
    this.falling = chirp(HIGH_HZ, LOW_HZ, sampleRate);
  }

  private static float[] chirp(double fromHz, double toHz, int sampleRate) {
    float[] pulse = new float[(int) (SECONDS * sampleRate)];
    for (int i = 0; i < pulse.length; i++) {
      double t = (double) i / sampleRate;
      double phase = 2 * Math.PI * (fromHz * t + (toHz - fromHz) * t * t / (2 * SECONDS));
      double window = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / pulse.length);
      pulse[i] = (float) (PEAK * window * Math.sin(phase));
    }
    return pulse;
  }

  /** Adds what belongs to the samples from {@code first} on to all channels of the frame. */
  void paint(AVFrame frame, long first) {
    int samples = frame.nb_samples();
    float[] sum = new float[samples];
    boolean heard = false;
    for (long second = first / sampleRate; second * sampleRate < first + samples; second++) {
      long start = second * sampleRate - first;
      heard |= add(sum, start, rising);
      heard |= add(sum, start + sampleRate * (200 + 75 * (second % 8)) / 1000, falling);
    }
    if (heard) {
      AvError.check(av_frame_make_writable(frame), "add pulses to the sound");
      for (int channel = 0; channel < frame.ch_layout().nb_channels(); channel++) {
        addTo(frame.data(channel), sum);
      }
    }
  }

  private static boolean add(float[] sum, long start, float[] pulse) {
    long from = Math.max(0, start);
    long to = Math.min(sum.length, start + pulse.length);
    for (long i = from; i < to; i++) {
      sum[(int) i] += pulse[(int) (i - start)];
    }
    return from < to;
  }

  private static void addTo(BytePointer channel, float[] sum) {
    try (FloatPointer samples = new FloatPointer(channel)) {
      float[] values = new float[sum.length];
      samples.get(values);
      for (int i = 0; i < sum.length; i++) {
        values[i] += sum[i];
      }
      samples.put(values);
    }
  }
}
