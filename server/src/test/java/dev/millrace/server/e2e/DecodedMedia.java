package dev.millrace.server.e2e;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_ERROR;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLTP;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import dev.millrace.testkit.BarCode;
import dev.millrace.testkit.Pulses;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * One track, demuxed and decoded by libav: what a player would show and play. Media times in
 * microseconds as the file tells them.
 *
 * @param pictures in the order shown; empty for audio
 * @param packets of audio; 0 for video
 * @param soundUs media time of the first sample
 * @param samples how many there are, of each channel
 * @param seconds at which media times the full seconds of the publisher are heard, and which of
 *     {@link Pulses#PERIOD_SECONDS} they are
 */
record DecodedMedia(
    String codec,
    List<Picture> pictures,
    int packets,
    int sampleRate,
    int channels,
    long soundUs,
    int samples,
    SortedMap<Long, Integer> seconds) {

  /** A picture; {@code number} by its bar code, -1 where it cannot be read. */
  record Picture(long ptsUs, boolean key, int width, int height, int number) {}

  /**
   * Decodes a file with one track; damage that the decoder hides is no failure.
   *
   * @param lateUs what libavformat adds to the file's presentation times, see {@link
   *     CompositionOffsets}
   */
  static DecodedMedia read(Path file, long lateUs) {
    av_log_set_level(AV_LOG_ERROR);
    AVFormatContext context = new AVFormatContext(null);
    check(avformat_open_input(context, file.toString(), null, null), "open " + file);
    try {
      check(avformat_find_stream_info(context, (PointerPointer<?>) null), "find streams");
      if (context.nb_streams() != 1) {
        throw new AssertionError(context.nb_streams() + " tracks in " + file);
      }
      try (Decoding decoding = new Decoding(context.streams(0), lateUs)) {
        return decoding.readAll(context);
      }
    } finally {
      avformat_close_input(context);
    }
  }

  private static void check(int status, String what) {
    if (status < 0) {
      throw new AssertionError("libav could not " + what + ": " + status);
    }
  }

  private static final class Decoding implements AutoCloseable {
    private final AVStream stream;
    private final long lateUs;
    private final AVCodecContext decoder = avcodec_alloc_context3(null);
    private final AVPacket packet = av_packet_alloc();
    private final AVFrame frame = av_frame_alloc();
    private final List<Picture> pictures = new ArrayList<>();
    private final List<float[]> sound = new ArrayList<>();
    private final boolean video;
    private int packets;
    private int channels;
    private long soundUs = Long.MIN_VALUE;

    Decoding(AVStream stream, long lateUs) {
      this.stream = stream;
      this.lateUs = lateUs;
      this.video = stream.codecpar().codec_type() == AVMEDIA_TYPE_VIDEO;
      check(avcodec_parameters_to_context(decoder, stream.codecpar()), "describe the decoder");
      check(
          avcodec_open2(decoder, avcodec_find_decoder(decoder.codec_id()), (AVDictionary) null),
          "open the decoder");
    }

    DecodedMedia readAll(AVFormatContext context) {
      while (av_read_frame(context, packet) >= 0) {
        packets++;
        if (soundUs == Long.MIN_VALUE) {
          soundUs = micros(packet.pts());
        }
        check(avcodec_send_packet(decoder, packet), "decode");
        av_packet_unref(packet);
        drain();
      }
      avcodec_send_packet(decoder, null);
      drain();
      float[] samples = new float[sound.stream().mapToInt(piece -> piece.length).sum()];
      int at = 0;
      for (float[] piece : sound) {
        System.arraycopy(piece, 0, samples, at, piece.length);
        at += piece.length;
      }
      return new DecodedMedia(
          avcodec_get_name(stream.codecpar().codec_id()).getString(),
          pictures,
          video ? 0 : packets,
          decoder.sample_rate(),
          channels,
          soundUs,
          samples.length,
          video ? new TreeMap<>() : seconds(samples));
    }

    private SortedMap<Long, Integer> seconds(float[] samples) {
      SortedMap<Long, Integer> seconds = new TreeMap<>();
      for (Pulses.Second second : Pulses.find(samples, decoder.sample_rate())) {
        seconds.put(
            soundUs + second.sample() * 1_000_000L / decoder.sample_rate(), second.second());
      }
      return seconds;
    }

    private void drain() {
      int status = avcodec_receive_frame(decoder, frame);
      while (status >= 0) {
        if (video) {
          pictures.add(picture());
        } else {
          sound.add(samples());
        }
        status = avcodec_receive_frame(decoder, frame);
      }
      if (status != AVERROR_EAGAIN() && status != AVERROR_EOF) {
        check(status, "take a frame");
      }
    }

    private Picture picture() {
      BytePointer luma = frame.data(0);
      int stride = frame.linesize(0);
      int number =
          BarCode.read(
                  (x, y) -> luma.get((long) y * stride + x) & 0xFF, frame.width(), frame.height())
              .orElse(-1);
      boolean key = (frame.flags() & AVFrame.AV_FRAME_FLAG_KEY) != 0;
      return new Picture(micros(frame.pts()) - lateUs, key, frame.width(), frame.height(), number);
    }

    private float[] samples() {
      if (frame.format() != AV_SAMPLE_FMT_FLTP) {
        throw new AssertionError("sample format " + frame.format());
      }
      channels = frame.ch_layout().nb_channels();
      float[] samples = new float[frame.nb_samples()];
      try (FloatPointer channel = new FloatPointer(frame.data(0))) {
        channel.get(samples);
      }
      return samples;
    }

    private long micros(long units) {
      return Math.round(units * 1e6 * stream.time_base().num() / stream.time_base().den());
    }

    @Override
    public void close() {
      av_packet_free(packet);
      av_frame_free(frame);
      avcodec_free_context(decoder);
    }
  }
}
