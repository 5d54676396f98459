package dev.millrace.transcoder.ffmpeg.worker;

import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_pool_get;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_pool_init;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_pool_uninit;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_image_fill_arrays;
import static org.bytedeco.ffmpeg.global.avutil.av_image_get_buffer_size;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.sws_alloc_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_free_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale_frame;

import dev.millrace.transcoder.ffmpeg.av.AvError;
import org.bytedeco.ffmpeg.avutil.AVBufferPool;
import org.bytedeco.ffmpeg.avutil.AVBufferRef;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;

/**
 * Makes pictures of one size, planar 4:2:0 with 8 bits and square pixels; adapts by itself to the
 * size and format of what comes in. The colour description goes along unchanged. Owns the scaling
 * context and a pool of picture buffers; buffers in use outlive it.
 */
final class Scaler implements AutoCloseable {
  /** Rows aligned for the widest vector instructions of swscale and the encoders. */
  private static final int ALIGNMENT = 64;

  /** Room behind the last row: vector code of swscale and x264 reads beyond it. */
  private static final int PADDING = 64;

  private final int width;
  private final int height;
  private final SwsContext context;
  private final AVBufferPool pool;
  private final AVFrame scaled;

  Scaler(int width, int height) {
    this.width = width;
    this.height = height;
    context = AvError.present(sws_alloc_context(), "allocate a scaler");
    context.flags(SWS_BICUBIC);
    int bytes =
        AvError.check(
            av_image_get_buffer_size(AV_PIX_FMT_YUV420P, width, height, ALIGNMENT),
            "measure a picture");
    pool = AvError.present(av_buffer_pool_init(bytes + PADDING, null), "allocate a pool");
    scaled = AvError.present(av_frame_alloc(), "allocate a frame");
  }

  /** The frame in the wanted size and format; the given one is borrowed. */
  VideoFrame scale(VideoFrame frame) {
    AVFrame from = frame.picture();
    if (from.width() == width && from.height() == height && from.format() == AV_PIX_FMT_YUV420P) {
      return frame.share();
    }
    scaled.width(width).height(height).format(AV_PIX_FMT_YUV420P);
    scaled.color_range(from.color_range()).colorspace(from.colorspace());
    scaled.color_primaries(from.color_primaries()).color_trc(from.color_trc());
    scaled.chroma_location(from.chroma_location());
    AVBufferRef buffer = AvError.present(av_buffer_pool_get(pool), "take a picture buffer");
    scaled.buf(0, buffer);
    AvError.check(
        av_image_fill_arrays(
            scaled.data(),
            scaled.linesize(),
            buffer.data(),
            AV_PIX_FMT_YUV420P,
            width,
            height,
            ALIGNMENT),
        "lay out a picture");
    try {
      AvError.check(sws_scale_frame(context, scaled, from), "scale a picture");
      return frame.with(scaled);
    } finally {
      av_frame_unref(scaled);
    }
  }

  @Override
  public void close() {
    av_frame_free(scaled);
    av_buffer_pool_uninit(pool);
    sws_free_context(context);
  }
}
