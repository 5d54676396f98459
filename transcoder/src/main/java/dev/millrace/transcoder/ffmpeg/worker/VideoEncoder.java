package dev.millrace.transcoder.ffmpeg.worker;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_CLOSED_GOP;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avutil.AV_PICTURE_TYPE_I;
import static org.bytedeco.ffmpeg.global.avutil.AV_PICTURE_TYPE_NONE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import dev.millrace.media.Bytes;
import dev.millrace.transcoder.ffmpeg.av.AvError;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Owns a video encoder without B-frames; close order: packet, context, input. Frames are numbered
 * for the encoder, because rate control for live use counts frames and some encoders insist on
 * times that grow; their real times wait in a queue.
 */
final class VideoEncoder implements AutoCloseable {
  /** An encoded picture in the encoder's own byte form. */
  record Encoded(Bytes data, boolean key, long ptsUs) {}

  private final String name;
  private final EncoderInput input;
  private final AVCodecContext context;
  private final AVPacket packet;
  private final Deque<Long> waiting = new ArrayDeque<>();
  private final Bytes extradata;
  private long number;

  /**
   * Opens the encoder of this name.
   *
   * @param like a picture as they will come, for its colour description
   */
  VideoEncoder(String name, EncoderSettings settings, AVFrame like) {
    this.name = name;
    AVCodec codec = AvError.present(avcodec_find_encoder_by_name(name), "find the encoder " + name);
    input = EncoderInput.of(name, settings.rung().width(), settings.rung().height());
    context = AvError.present(avcodec_alloc_context3(codec), "allocate the encoder " + name);
    packet = av_packet_alloc();
    int milli = (int) Math.max(1, Math.round(settings.frameRate() * 1000));
    context.width(settings.rung().width()).height(settings.rung().height());
    input.announce(context);
    context.sample_aspect_ratio().num(1).den(1);
    context.time_base().num(1000).den(milli);
    context.framerate().num(milli).den(1000);
    context.max_b_frames(0);
    context.bit_rate(settings.rung().bitrateBps());
    context.rc_max_rate(settings.maxRateBps()).rc_buffer_size(settings.bufferBits());
    context.thread_count(settings.threads());
    context.color_range(like.color_range()).colorspace(like.colorspace());
    context.color_primaries(like.color_primaries()).color_trc(like.color_trc());
    context.chroma_sample_location(like.chroma_location());
    context.flags(context.flags() | AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_CLOSED_GOP);
    try (AVDictionary dictionary = new AVDictionary(null)) {
      settings.options(name).forEach((key, value) -> av_dict_set(dictionary, key, value, 0));
      int opened = avcodec_open2(context, codec, dictionary);
      av_dict_free(dictionary);
      AvError.check(opened, "open the encoder " + name);
      byte[] copy = new byte[context.extradata_size()];
      context.extradata().get(copy);
      extradata = Bytes.wrap(copy);
    } catch (AvError e) {
      close();
      throw e;
    }
  }

  /** The first of the candidates that opens. {@code refused} hears in words of those before it. */
  static VideoEncoder open(
      List<String> candidates, EncoderSettings settings, AVFrame like, Consumer<String> refused) {
    for (String candidate : candidates.subList(0, candidates.size() - 1)) {
      try {
        return new VideoEncoder(candidate, settings, like);
      } catch (AvError e) {
        refused.accept(e.getMessage());
      }
    }
    return new VideoEncoder(candidates.getLast(), settings, like);
  }

  String name() {
    return name;
  }

  /** Parameter sets in the encoder's own byte form. */
  Bytes extradata() {
    return extradata;
  }

  /** Frames taken in whose result is not out yet. */
  int held() {
    return waiting.size();
  }

  /** Encodes the frame, as a key frame (IDR) if wanted, and gives what is ready. */
  void encode(VideoFrame frame, boolean key, Consumer<Encoded> out) {
    AVFrame picture = frame.picture();
    picture.pts(number++).duration(1);
    picture.pict_type(key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE);
    waiting.add(frame.ptsUs());
    AvError.check(
        avcodec_send_frame(context, input.prepare(picture)), "encode a picture by " + name);
    receive(out);
  }

  /** Gives what was held back; the encoder takes no frame afterwards. */
  void drain(Consumer<Encoded> out) {
    AvError.check(avcodec_send_frame(context, null), "end the encoder " + name);
    receive(out);
  }

  private void receive(Consumer<Encoded> out) {
    while (AvError.delivered(
        avcodec_receive_packet(context, packet), "take a picture encoded by " + name)) {
      byte[] data = new byte[packet.size()];
      packet.data().get(data);
      boolean key = (packet.flags() & AV_PKT_FLAG_KEY) != 0;
      av_packet_unref(packet);
      out.accept(new Encoded(Bytes.wrap(data), key, waiting.remove()));
    }
  }

  @Override
  public void close() {
    av_packet_free(packet);
    avcodec_free_context(context);
    input.close();
  }
}
