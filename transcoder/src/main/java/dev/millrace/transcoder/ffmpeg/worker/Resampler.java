package dev.millrace.transcoder.ffmpeg.worker;

import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLTP;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_compare;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_copy;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_uninit;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set_double;
import static org.bytedeco.ffmpeg.global.swresample.swr_alloc;
import static org.bytedeco.ffmpeg.global.swresample.swr_close;
import static org.bytedeco.ffmpeg.global.swresample.swr_convert_frame;
import static org.bytedeco.ffmpeg.global.swresample.swr_free;
import static org.bytedeco.ffmpeg.global.swresample.swr_get_delay;
import static org.bytedeco.ffmpeg.global.swresample.swr_is_initialized;

import dev.millrace.transcoder.ffmpeg.av.AvError;
import org.bytedeco.ffmpeg.avutil.AVChannelLayout;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swresample.SwrContext;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Makes stereo of one sample rate out of whatever a decoder gives, and adapts when that changes.
 * Owns the resampling context, the layout it is set to, and a frame; closed in that order reversed.
 */
final class Resampler implements AutoCloseable {
  private final int sampleRate;
  private final SwrContext context;
  private final AVChannelLayout layout = new AVChannelLayout();
  private final AVFrame converted;
  private int sourceRate;
  private int sourceFormat;
  private long refusals;

  Resampler(int sampleRate) {
    this.sampleRate = sampleRate;
    context = AvError.present(swr_alloc(), "allocate a resampler");
    converted = AvError.present(av_frame_alloc(), "allocate a frame");
    // More than two channels are mixed so that the loudest of them does not clip.
    AvError.check(av_opt_set_double(context, "rematrix_maxval", 1.0, 0), "set up the mixing");
  }

  /** Samples given in that are not out yet, at the output's rate. */
  long delay() {
    return swr_is_initialized(context) == 0 ? 0 : swr_get_delay(context, sampleRate);
  }

  /** Frames so far that could not be converted: damage can make a decoder tell any layout. */
  long refusals() {
    return refusals;
  }

  /**
   * Converts the frame, which is borrowed; what comes out begins {@link #delay} samples before. In
   * place of one that cannot be converted there is silence.
   */
  Sound convert(AVFrame frame) {
    adapt(frame);
    converted.sample_rate(sampleRate).format(AV_SAMPLE_FMT_FLTP);
    av_channel_layout_default(converted.ch_layout(), 2);
    try {
      if (swr_convert_frame(context, converted, frame) < 0) {
        refusals++;
        sourceRate = 0; // the next one finds the context as new
        return Sound.silence(length(frame));
      }
      return new Sound(channel(0), channel(1));
    } finally {
      av_frame_unref(converted);
    }
  }

  private int length(AVFrame frame) {
    long samples = (long) frame.nb_samples() * sampleRate / Math.max(1, frame.sample_rate());
    return Math.clamp(samples, 0, sampleRate);
  }

  private float[] channel(int index) {
    float[] samples = new float[converted.nb_samples()];
    if (samples.length > 0) {
      new FloatPointer(converted.data(index)).get(samples);
    }
    return samples;
  }

  /** What is held back of the old kind of sound is lost: less than a millisecond. */
  private void adapt(AVFrame frame) {
    boolean same =
        frame.sample_rate() == sourceRate
            && frame.format() == sourceFormat
            && av_channel_layout_compare(layout, frame.ch_layout()) == 0;
    if (!same) {
      swr_close(context);
      sourceRate = frame.sample_rate();
      sourceFormat = frame.format();
      AvError.check(av_channel_layout_copy(layout, frame.ch_layout()), "copy a channel layout");
    }
  }

  @Override
  public void close() {
    av_frame_free(converted);
    av_channel_layout_uninit(layout);
    layout.close();
    swr_free(context);
  }
}
