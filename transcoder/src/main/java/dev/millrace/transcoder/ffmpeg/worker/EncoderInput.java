package dev.millrace.transcoder.ffmpeg.worker;

import static org.bytedeco.ffmpeg.global.avutil.AV_HWDEVICE_TYPE_VAAPI;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_NV12;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_VAAPI;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_ref;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_copy_props;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_hwdevice_ctx_create;
import static org.bytedeco.ffmpeg.global.avutil.av_hwframe_ctx_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_hwframe_ctx_init;
import static org.bytedeco.ffmpeg.global.avutil.av_hwframe_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_hwframe_transfer_data;
import static org.bytedeco.ffmpeg.global.swscale.sws_alloc_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_free_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale_frame;

import dev.millrace.transcoder.ffmpeg.av.AvError;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avutil.AVBufferRef;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVHWFramesContext;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/**
 * Brings pictures, planar 4:2:0 with 8 bits, into the form that an encoder takes: as they are, with
 * interleaved chroma (NV12), or that in the memory of a graphics card. Owns what it takes for that;
 * close order: frames, scaler, the card's frames, the card.
 */
final class EncoderInput implements AutoCloseable {
  /** Surfaces of the card that may be in use at once: one is encoded, one is filled, and spare. */
  private static final int SURFACES = 8;

  private final int format;
  private final @Nullable SwsContext scaler;
  private final AVFrame converted = AvError.present(av_frame_alloc(), "allocate a frame");
  private final AVFrame uploaded = AvError.present(av_frame_alloc(), "allocate a frame");
  private @Nullable AVBufferRef device;
  private @Nullable AVBufferRef surfaces;

  private EncoderInput(int format) {
    this.format = format;
    this.scaler = format == AV_PIX_FMT_YUV420P ? null : sws_alloc_context();
  }

  /**
   * What the encoder of this name takes.
   *
   * @throws AvError if the machine has no such card
   */
  static EncoderInput of(String encoder, int width, int height) {
    if (encoder.endsWith("_vaapi")) {
      EncoderInput input = new EncoderInput(AV_PIX_FMT_VAAPI);
      try {
        input.openVaapi(width, height);
        return input;
      } catch (AvError e) {
        input.close();
        throw e;
      }
    }
    return new EncoderInput(encoder.endsWith("_qsv") ? AV_PIX_FMT_NV12 : AV_PIX_FMT_YUV420P);
  }

  private void openVaapi(int width, int height) {
    AVBufferRef opened = new AVBufferRef(null);
    AvError.check(
        av_hwdevice_ctx_create(
            opened, AV_HWDEVICE_TYPE_VAAPI, (BytePointer) null, (AVDictionary) null, 0),
        "open a graphics card by VA-API");
    device = opened;
    AVBufferRef frames = AvError.present(av_hwframe_ctx_alloc(opened), "allocate surfaces");
    surfaces = frames;
    new AVHWFramesContext(frames.data())
        .format(AV_PIX_FMT_VAAPI)
        .sw_format(AV_PIX_FMT_NV12)
        .width(width)
        .height(height)
        .initial_pool_size(SURFACES);
    AvError.check(av_hwframe_ctx_init(frames), "allocate surfaces of a graphics card");
  }

  /** Tells an encoder, before it is opened, what it will get. */
  void announce(AVCodecContext context) {
    context.pix_fmt(format);
    if (surfaces != null) {
      context.hw_frames_ctx(AvError.present(av_buffer_ref(surfaces), "share surfaces"));
    }
  }

  /** The picture in that form, borrowed until the next call. The given one is borrowed. */
  AVFrame prepare(AVFrame picture) {
    if (scaler == null) {
      return picture;
    }
    av_frame_unref(converted);
    converted.width(picture.width()).height(picture.height()).format(AV_PIX_FMT_NV12);
    AvError.check(av_frame_get_buffer(converted, 0), "allocate a picture");
    AvError.check(av_frame_copy_props(converted, picture), "describe a picture");
    AvError.check(sws_scale_frame(scaler, converted, picture), "interleave the chroma");
    if (surfaces == null) {
      return converted;
    }
    av_frame_unref(uploaded);
    AvError.check(av_hwframe_get_buffer(surfaces, uploaded, 0), "take a surface");
    AvError.check(av_hwframe_transfer_data(uploaded, converted, 0), "upload a picture");
    AvError.check(av_frame_copy_props(uploaded, picture), "describe a picture");
    return uploaded;
  }

  @Override
  public void close() {
    av_frame_free(uploaded);
    av_frame_free(converted);
    if (scaler != null) {
      sws_free_context(scaler);
    }
    if (surfaces != null) {
      av_buffer_unref(surfaces);
    }
    if (device != null) {
      av_buffer_unref(device);
    }
  }
}
