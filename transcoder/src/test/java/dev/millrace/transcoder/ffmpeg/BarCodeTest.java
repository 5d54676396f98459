package dev.millrace.transcoder.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import dev.millrace.testkit.BarCode;
import dev.millrace.testkit.Pulses;
import dev.millrace.transcoder.ffmpeg.av.AvError;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the numbered test source paints and plays can be read after encoding and decoding. */
class BarCodeTest {
  private static final int ENCODER_PRIMING = 1024;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--size 640x360 --bitrate 200000",
        "--size 160x90 --bitrate 40000",
        "--size 90x160 --bitrate 40000"
      })
  void everyPictureShowsItsNumber(String options) {
    List<Integer> numbers = new ArrayList<>();
    decode(
        "--bar-code --no-audio " + options,
        5_000_000,
        frame -> numbers.add(number(frame).orElse(-1)));
    assertThat(numbers).hasSize(150);
    for (int i = 0; i < numbers.size(); i++) {
      assertThat(numbers.get(i)).as("picture %s", i).isEqualTo(i);
    }
  }

  @Test
  void picturesWithoutACodeHaveNoNumber() {
    decode("--size 320x180 --no-audio", 1_000_000, frame -> assertThat(number(frame)).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"aac", "mp3"})
  void pulsesStandAtTheFullSeconds(String codec) {
    List<float[]> frames = new ArrayList<>();
    decode(
        "--bar-code --no-video --audio-codec " + codec,
        12_000_000,
        frame -> frames.add(samples(frame)));
    List<Pulses.Second> seconds = Pulses.find(joined(frames), 48_000);
    assertThat(seconds)
        .extracting(Pulses.Second::second)
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3);
    long offset = seconds.getFirst().sample();
    if (codec.equals("aac")) {
      assertThat(offset).isBetween(ENCODER_PRIMING - 10L, ENCODER_PRIMING + 10L);
    }
    for (int i = 0; i < seconds.size(); i++) {
      assertThat(seconds.get(i).sample() - offset)
          .as("samples up to second %s", i)
          .isBetween(i * 48_000L - 10, i * 48_000L + 10);
    }
  }

  private static java.util.OptionalInt number(AVFrame frame) {
    BytePointer luma = frame.data(0);
    int stride = frame.linesize(0);
    return BarCode.read(
        (x, y) -> luma.get((long) y * stride + x) & 0xFF, frame.width(), frame.height());
  }

  private static float[] samples(AVFrame frame) {
    float[] samples = new float[frame.nb_samples()];
    try (FloatPointer channel = new FloatPointer(frame.data(1))) {
      channel.get(samples);
    }
    return samples;
  }

  private static float[] joined(List<float[]> frames) {
    float[] all = new float[frames.stream().mapToInt(frame -> frame.length).sum()];
    int at = 0;
    for (float[] frame : frames) {
      System.arraycopy(frame, 0, all, at, frame.length);
      at += frame.length;
    }
    return Arrays.copyOf(all, at);
  }

  /** Encodes the one track of a test source and decodes it. */
  private static void decode(String options, long untilUs, Consumer<AVFrame> frames) {
    PublishOptions.Tracks tracks =
        PublishOptions.parse(List.of(("test rtmp://h/a/k " + options).split(" "))).tracks();
    AVPacket packet = av_packet_alloc();
    AVFrame frame = av_frame_alloc();
    AVCodecContext decoder = null;
    try (PacketSource source = EncodedPackets.test(tracks, Clock.systemUTC())) {
      decoder = avcodec_alloc_context3(null);
      AvError.check(avcodec_parameters_to_context(decoder, source.tracks().getFirst()), "describe");
      AVCodec codec = avcodec_find_decoder(decoder.codec_id());
      AvError.check(avcodec_open2(decoder, codec, (AVDictionary) null), "open the decoder");
      while (source.nextUs() < untilUs) {
        if (source.read(packet)) {
          AvError.check(avcodec_send_packet(decoder, packet), "decode");
          av_packet_unref(packet);
          drain(decoder, frame, frames);
        }
      }
      AvError.check(avcodec_send_packet(decoder, null), "end");
      drain(decoder, frame, frames);
    } finally {
      av_packet_free(packet);
      av_frame_free(frame);
      if (decoder != null) {
        avcodec_free_context(decoder);
      }
    }
  }

  private static void drain(AVCodecContext decoder, AVFrame frame, Consumer<AVFrame> frames) {
    while (AvError.delivered(avcodec_receive_frame(decoder, frame), "take a frame")) {
      frames.accept(frame);
    }
  }
}
