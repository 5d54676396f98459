package dev.millrace.transcoder.ffmpeg.worker;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_QSCALE;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT470BG;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;
import static org.bytedeco.ffmpeg.global.avutil.FF_QP2LAMBDA;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.sws_alloc_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_free_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale_frame;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.Picture;
import dev.millrace.transcoder.ffmpeg.av.AvError;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;

/**
 * Makes JPEGs of one size. Owns an encoder, a scaler, a packet and a frame; close order: frame,
 * packet, scaler, encoder.
 */
final class JpegEncoder implements AutoCloseable {
  /** From 2, the best, to 31. */
  private static final int QUALITY = 5;

  private final int width;
  private final int height;
  private final AVCodecContext context;
  private final SwsContext scaler;
  private final AVPacket packet;
  private final AVFrame scaled;
  private long number;

  JpegEncoder(int width, int height) {
    this.width = width;
    this.height = height;
    AVCodec codec = AvError.present(avcodec_find_encoder_by_name("mjpeg"), "find the JPEG encoder");
    context = AvError.present(avcodec_alloc_context3(codec), "allocate the JPEG encoder");
    scaler = AvError.present(sws_alloc_context(), "allocate a scaler");
    packet = av_packet_alloc();
    scaled = av_frame_alloc();
    try {
      context.width(width).height(height).pix_fmt(AV_PIX_FMT_YUVJ420P);
      context.color_range(AVCOL_RANGE_JPEG).colorspace(AVCOL_SPC_BT470BG);
      context.time_base().num(1).den(25);
      context.thread_count(1);
      context.flags(context.flags() | AV_CODEC_FLAG_QSCALE);
      context.global_quality(QUALITY * FF_QP2LAMBDA);
      AvError.check(avcodec_open2(context, codec, (AVDictionary) null), "open the JPEG encoder");
      scaler.flags(SWS_BICUBIC);
      // JFIF: full range and the colours of ITU-R BT.601.
      scaled.width(width).height(height).format(AV_PIX_FMT_YUVJ420P);
      scaled.color_range(AVCOL_RANGE_JPEG).colorspace(AVCOL_SPC_BT470BG);
      AvError.check(av_frame_get_buffer(scaled, 0), "allocate a picture");
    } catch (AvError e) {
      close();
      throw e;
    }
  }

  boolean makes(int wantedWidth, int wantedHeight) {
    return width == wantedWidth && height == wantedHeight;
  }

  /** A JPEG of the picture, which is borrowed. */
  Picture encode(AVFrame picture) {
    AvError.check(sws_scale_frame(scaler, scaled, picture), "scale a picture");
    scaled.quality(QUALITY * FF_QP2LAMBDA).pts(number++);
    AvError.check(avcodec_send_frame(context, scaled), "encode a JPEG");
    AvError.check(avcodec_receive_packet(context, packet), "take a JPEG");
    byte[] jpeg = new byte[packet.size()];
    packet.data().get(jpeg);
    av_packet_unref(packet);
    return new Picture(width, height, Bytes.wrap(jpeg));
  }

  @Override
  public void close() {
    av_frame_free(scaled);
    av_packet_free(packet);
    sws_free_context(scaler);
    avcodec_free_context(context);
  }
}
