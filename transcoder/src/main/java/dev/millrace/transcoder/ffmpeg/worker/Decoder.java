package dev.millrace.transcoder.ffmpeg.worker;

import static org.bytedeco.ffmpeg.global.avcodec.AV_INPUT_BUFFER_PADDING_SIZE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_new_packet;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_mallocz;

import dev.millrace.media.Bytes;
import dev.millrace.transcoder.ffmpeg.av.AvError;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Owns a decoder with the packet and the frame that go through it; close order: frame, packet,
 * context. What it refuses is counted and passed over: damaged input is a fact of life.
 */
final class Decoder implements AutoCloseable {
  /** More results of one packet than any decoder has: an error that does not go away. */
  private static final int MAX_RESULTS = 256;

  private final AVCodecContext context;
  private final AVPacket packet;
  private final AVFrame frame;
  private long errors;

  /**
   * @param configuration what the codec calls extradata; may be empty
   * @param setUp sets further fields before the decoder is opened
   */
  Decoder(int codecId, Bytes configuration, Consumer<AVCodecContext> setUp) {
    AVCodec codec = AvError.present(avcodec_find_decoder(codecId), "find a decoder");
    context = AvError.present(avcodec_alloc_context3(codec), "allocate a decoder");
    packet = av_packet_alloc();
    frame = av_frame_alloc();
    try {
      context.pkt_timebase().num(1).den(1_000_000);
      setExtradata(configuration);
      setUp.accept(context);
      AvError.check(avcodec_open2(context, codec, (AVDictionary) null), "open the decoder");
    } catch (AvError e) {
      close();
      throw e;
    }
  }

  /** The context frees it. */
  private void setExtradata(Bytes configuration) {
    if (configuration.isEmpty()) {
      return;
    }
    int length = configuration.length();
    Pointer memory =
        AvError.present(
            av_mallocz((long) length + AV_INPUT_BUFFER_PADDING_SIZE), "allocate a configuration");
    BytePointer extradata = new BytePointer(memory);
    extradata.put(configuration.toArray(), 0, length);
    context.extradata(extradata).extradata_size(length);
  }

  /** Borrowed until close. */
  AVCodecContext context() {
    return context;
  }

  /** Packets refused so far. */
  long errors() {
    return errors;
  }

  /** Decodes; {@code out} borrows each frame and may take its content. */
  void decode(Bytes data, long dtsUs, long ptsUs, boolean key, Consumer<AVFrame> out) {
    if (data.isEmpty()) {
      return; // to the decoder it would mean the end
    }
    AvError.check(av_new_packet(packet, data.length()), "allocate a packet");
    packet.data().put(data.toArray(), 0, data.length());
    packet.dts(dtsUs).pts(ptsUs).flags(key ? AV_PKT_FLAG_KEY : 0);
    if (avcodec_send_packet(context, packet) < 0) {
      errors++;
    }
    av_packet_unref(packet);
    receive(out);
  }

  /** Gives all that is held back; afterwards the decoder must be flushed or closed. */
  void drain(Consumer<AVFrame> out) {
    avcodec_send_packet(context, null);
    receive(out);
  }

  private void receive(Consumer<AVFrame> out) {
    for (int i = 0; i < MAX_RESULTS; i++) {
      int code = avcodec_receive_frame(context, frame);
      if (code == AVERROR_EAGAIN() || code == AVERROR_EOF) {
        return;
      }
      if (code < 0) {
        errors++;
      } else {
        out.accept(frame);
        av_frame_unref(frame);
      }
    }
  }

  @Override
  public void close() {
    av_frame_free(frame);
    av_packet_free(packet);
    avcodec_free_context(context);
  }
}
