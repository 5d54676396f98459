package dev.millrace.server.e2e;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_ERROR;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.javacpp.PointerPointer;

/** libavformat's own HLS client as an independent judge of what a player is given. */
final class LibavReader {
  private LibavReader() {}

  /**
   * What libavformat saw of one stream.
   *
   * @param rewinds how often a decode time was not greater than the one before it
   */
  record Seen(
      boolean video,
      String codec,
      int width,
      int height,
      int sampleRate,
      int channels,
      int packets,
      int keyPackets,
      int rewinds,
      double seconds) {}

  /** Opens the playlist and reads until every stream has so many seconds of media. */
  static List<Seen> read(URI playlist, double seconds) {
    av_log_set_level(AV_LOG_ERROR);
    AVFormatContext context = new AVFormatContext(null);
    check(avformat_open_input(context, playlist.toString(), null, null), "open " + playlist);
    AVPacket packet = av_packet_alloc();
    try {
      check(avformat_find_stream_info(context, (PointerPointer<?>) null), "find streams");
      List<Tally> tallies = new ArrayList<>();
      for (int i = 0; i < context.nb_streams(); i++) {
        tallies.add(new Tally(context.streams(i)));
      }
      while (tallies.stream().anyMatch(tally -> tally.seconds() < seconds)) {
        check(av_read_frame(context, packet), "read a packet");
        tallies.get(packet.stream_index()).add(packet);
        av_packet_unref(packet);
      }
      return tallies.stream().map(Tally::seen).toList();
    } finally {
      av_packet_free(packet);
      avformat_close_input(context);
    }
  }

  private static void check(int status, String what) {
    if (status < 0) {
      throw new AssertionError("libavformat could not " + what + ": " + status);
    }
  }

  private static final class Tally {
    private final AVStream stream;
    private final double timeBase;
    private int packets;
    private int keyPackets;
    private int rewinds;
    private long firstDts = AV_NOPTS_VALUE;
    private long lastDts = AV_NOPTS_VALUE;

    Tally(AVStream stream) {
      this.stream = stream;
      this.timeBase = (double) stream.time_base().num() / stream.time_base().den();
    }

    void add(AVPacket packet) {
      packets++;
      if ((packet.flags() & AVPacket_KEY) != 0) {
        keyPackets++;
      }
      if (lastDts != AV_NOPTS_VALUE && packet.dts() <= lastDts) {
        rewinds++;
      }
      if (firstDts == AV_NOPTS_VALUE) {
        firstDts = packet.dts();
      }
      lastDts = packet.dts();
    }

    double seconds() {
      return lastDts == AV_NOPTS_VALUE ? 0 : (lastDts - firstDts) * timeBase;
    }

    Seen seen() {
      return new Seen(
          stream.codecpar().codec_type() == AVMEDIA_TYPE_VIDEO,
          avcodec_get_name(stream.codecpar().codec_id()).getString(),
          stream.codecpar().width(),
          stream.codecpar().height(),
          stream.codecpar().sample_rate(),
          stream.codecpar().ch_layout().nb_channels(),
          packets,
          keyPackets,
          rewinds,
          seconds());
    }
  }

  private static final int AVPacket_KEY = org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
}
