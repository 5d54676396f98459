package dev.millrace.transcoder.ffmpeg.worker;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLTP;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;

import dev.millrace.media.Bytes;
import dev.millrace.transcoder.ffmpeg.av.AvError;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * Owns an AAC-LC encoder for stereo; close order: packet, context. Its first access unit begins
 * {@link #SAMPLES} samples before the first sample that went in and holds silence only.
 */
final class AudioEncoder implements AutoCloseable {
  /** Samples of an access unit. */
  static final int SAMPLES = 1024;

  private final AVCodecContext context;
  private final AVPacket packet;
  private final Bytes configuration;

  /**
   * @param at number of the first sample of the access unit, in the numbers of the frames' {@code
   *     pts}
   */
  record Encoded(Bytes data, long at) {}

  AudioEncoder(int sampleRate, long bitrateBps) {
    AVCodec codec = AvError.present(avcodec_find_encoder_by_name("aac"), "find the AAC encoder");
    context = AvError.present(avcodec_alloc_context3(codec), "allocate the AAC encoder");
    packet = av_packet_alloc();
    try {
      context.sample_rate(sampleRate).sample_fmt(AV_SAMPLE_FMT_FLTP).bit_rate(bitrateBps);
      av_channel_layout_default(context.ch_layout(), 2);
      context.time_base().num(1).den(sampleRate);
      context.flags(context.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
      AvError.check(avcodec_open2(context, codec, (AVDictionary) null), "open the AAC encoder");
      byte[] copy = new byte[context.extradata_size()];
      context.extradata().get(copy);
      configuration = Bytes.wrap(copy);
    } catch (AvError e) {
      close();
      throw e;
    }
  }

  /** The AudioSpecificConfig. */
  Bytes configuration() {
    return configuration;
  }

  /** Takes {@link #SAMPLES} samples, which are borrowed; null ends the encoder. */
  void send(@Nullable AVFrame frame) {
    AvError.check(avcodec_send_frame(context, frame), "encode sound");
  }

  /** The next access unit, if there is one. */
  @Nullable Encoded receive() {
    if (!AvError.delivered(avcodec_receive_packet(context, packet), "take encoded sound")) {
      return null;
    }
    byte[] data = new byte[packet.size()];
    packet.data().get(data);
    Encoded encoded = new Encoded(Bytes.wrap(data), packet.pts());
    av_packet_unref(packet);
    return encoded;
  }

  @Override
  public void close() {
    av_packet_free(packet);
    avcodec_free_context(context);
  }
}
