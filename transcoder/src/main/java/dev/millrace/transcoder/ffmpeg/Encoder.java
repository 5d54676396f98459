package dev.millrace.transcoder.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_free;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLTP;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import dev.millrace.transcoder.ffmpeg.av.AvError;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Owns an encoder and the parameters of its output. Close order: parameters (a copy), then context.
 */
final class Encoder implements AutoCloseable {
  private static final int MAX_THREADS = 4;

  private final AVCodecContext context;
  private final AVCodecParameters parameters;

  private Encoder(AVCodecContext context, Map<String, String> options) {
    this.context = context;
    this.parameters = AvError.present(avcodec_parameters_alloc(), "allocate codec parameters");
    try (AVDictionary dictionary = new AVDictionary(null)) {
      options.forEach((name, value) -> av_dict_set(dictionary, name, value, 0));
      int opened = avcodec_open2(context, (AVCodec) null, dictionary);
      av_dict_free(dictionary);
      AvError.check(opened, "open the encoder");
      AvError.check(
          avcodec_parameters_from_context(parameters, context), "read the encoder's parameters");
    } catch (AvError e) {
      close();
      throw e;
    }
  }

  /** Video of constant rate without B-frames; frames are numbered in units of 1/fps. */
  static Encoder video(String codec, PublishOptions.Size size, int fps, int gop, long bitrateBps) {
    boolean avc = codec.equals("h264");
    AVCodecContext context = allocate(avc ? "libx264" : "libx265");
    context.width(size.width()).height(size.height()).pix_fmt(AV_PIX_FMT_YUV420P);
    context.time_base().num(1).den(fps);
    context.framerate().num(fps).den(1);
    context.gop_size(gop).keyint_min(gop).max_b_frames(0).bit_rate(bitrateBps);
    context.rc_max_rate(bitrateBps).rc_buffer_size((int) Math.min(bitrateBps, Integer.MAX_VALUE));
    context.thread_count(Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors()));
    Map<String, String> options =
        avc
            ? Map.of(
                "preset", "veryfast", "tune", "zerolatency", "sc_threshold", "0", "forced-idr", "1")
            : Map.of(
                "preset", "ultrafast",
                "tune", "zerolatency",
                "forced-idr", "1",
                "x265-params", "log-level=error:scenecut=0:open-gop=0");
    return new Encoder(context, options);
  }

  /** Stereo audio; frames are numbered in samples. */
  static Encoder audio(String codec, int sampleRate) {
    AVCodecContext context = allocate(codec.equals("aac") ? "aac" : "libmp3lame");
    context.sample_rate(sampleRate).sample_fmt(AV_SAMPLE_FMT_FLTP).bit_rate(128_000);
    av_channel_layout_default(context.ch_layout(), 2);
    context.time_base().num(1).den(sampleRate);
    return new Encoder(context, Map.of());
  }

  private static AVCodecContext allocate(String name) {
    AVCodec codec = AvError.present(avcodec_find_encoder_by_name(name), "find the encoder " + name);
    AVCodecContext context =
        AvError.present(avcodec_alloc_context3(codec), "allocate the encoder " + name);
    context.flags(context.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
    return context;
  }

  /** Borrowed until close. */
  AVCodecParameters parameters() {
    return parameters;
  }

  /** Samples that audio frames must hold. */
  int frameSize() {
    return context.frame_size();
  }

  /** Samples by which the output begins before the input. */
  int initialPadding() {
    return context.initial_padding();
  }

  void send(AVFrame frame) {
    AvError.check(avcodec_send_frame(context, frame), "encode a frame");
  }

  /** Takes the next packet, if there is one; its times are in units of the frames' numbers. */
  boolean receive(AVPacket packet) {
    return AvError.delivered(avcodec_receive_packet(context, packet), "take an encoded packet");
  }

  @Override
  public void close() {
    avcodec_parameters_free(parameters);
    avcodec_free_context(context);
  }
}
