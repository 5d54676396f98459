package dev.millrace.transcoder.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_HEVC;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_copy;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_flush;
import static org.bytedeco.ffmpeg.global.avformat.avio_open2;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import dev.millrace.transcoder.ffmpeg.av.AvError;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;

/**
 * Owns one RTMP publication: connection and FLV muxer. Close order: trailer, connection, context.
 */
final class FlvOutput implements AutoCloseable {
  private final AVFormatContext context;
  private final AVRational microseconds = new AVRational().num(1).den(1_000_000);
  private boolean begun;

  /**
   * Connects and publishes.
   *
   * @throws AvError if the server is not there or refuses
   */
  FlvOutput(String url, List<AVCodecParameters> tracks) {
    context = new AVFormatContext(null);
    AvError.check(avformat_alloc_output_context2(context, null, "flv", url), "make an FLV output");
    try {
      for (AVCodecParameters track : tracks) {
        AVStream stream =
            AvError.present(avformat_new_stream(context, null), "add a track to the output");
        AvError.check(avcodec_parameters_copy(stream.codecpar(), track), "describe a track");
        stream.codecpar().codec_tag(0);
      }
      connect(url, tracks);
      writeHeader();
    } catch (AvError e) {
      close();
      throw e;
    }
  }

  private void connect(String url, List<AVCodecParameters> tracks) {
    try (AVDictionary options = new AVDictionary(null)) {
      av_dict_set(options, "tcp_nodelay", "1", 0);
      if (tracks.stream().anyMatch(track -> track.codec_id() == AV_CODEC_ID_HEVC)) {
        av_dict_set(options, "rtmp_enhanced_codecs", "hvc1", 0);
      }
      AVIOContext io = new AVIOContext(null);
      int opened = avio_open2(io, url, AVIO_FLAG_WRITE, null, options);
      av_dict_free(options);
      AvError.check(opened, "publish");
      context.pb(io);
    }
  }

  private void writeHeader() {
    try (AVDictionary options = new AVDictionary(null)) {
      av_dict_set(options, "flvflags", "no_duration_filesize", 0);
      int written = avformat_write_header(context, options);
      av_dict_free(options);
      AvError.check(written, "write the header");
      begun = true;
    }
  }

  /** Sends a packet with times in microseconds and takes its content. */
  void write(AVPacket packet) {
    AVStream stream = context.streams(packet.stream_index());
    av_packet_rescale_ts(packet, microseconds, stream.time_base());
    AvError.check(av_write_frame(context, packet), "send");
    avio_flush(context.pb());
    AvError.check(context.pb().error(), "send");
  }

  /** Tells the server that it is over, as far as it is still there. */
  @Override
  public void close() {
    if (begun) {
      av_write_trailer(context);
      begun = false;
    }
    if (context.pb() != null) {
      AVIOContext io = context.pb();
      avio_closep(io);
      context.pb(null);
    }
    avformat_free_context(context);
    microseconds.close();
  }
}
