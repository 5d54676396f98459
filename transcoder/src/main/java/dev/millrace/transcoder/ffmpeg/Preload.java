package dev.millrace.transcoder.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;

import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avfilter;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swresample;
import org.bytedeco.ffmpeg.global.swscale;

/** What every worker needs, loaded while one that has started early still waits for its job. */
final class Preload {
  private Preload() {}

  /**
   * FFmpeg's libraries, told to be silent.
   *
   * @throws LinkageError if one of them cannot be loaded
   */
  static void libraries() {
    avutil.av_log_set_level(AV_LOG_QUIET);
    avcodec.avcodec_version();
    avfilter.avfilter_version();
    swscale.swscale_version();
    swresample.swresample_version();
  }
}
