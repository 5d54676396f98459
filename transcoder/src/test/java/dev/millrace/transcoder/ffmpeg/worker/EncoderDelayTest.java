package dev.millrace.transcoder.ffmpeg.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_FATAL;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.feed.VideoRung;
import dev.millrace.media.feed.VideoRung.Codec;
import dev.millrace.testkit.SharedMedia;
import java.util.Optional;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many frames an encoder keeps to itself: each one is a frame time of latency. */
class EncoderDelayTest {
  private static final int FRAMES = 60;

  @BeforeAll
  static void quiet() {
    av_log_set_level(AV_LOG_FATAL);
  }

  @ParameterizedTest
  @CsvSource({
    "H264, libx264, veryfast, 1",
    "H264, libx264, veryfast, 4",
    "H264, libx264, medium, 2",
    "H264, libopenh264, veryfast, 1",
    "HEVC, libx265, veryfast, 2",
    "AV1, libsvtav1, veryfast, 2",
  })
  void holdsNoFrame(Codec codec, String name, String preset, int threads) {
    FileFeed feed = FileFeed.read(SharedMedia.require("media/srs_bbb_640x360.flv"));
    VideoRung rung = new VideoRung("180p", codec, 320, 180, 1, 300_000);
    Run run = new Run(new EncoderSettings(rung, preset, 25, threads), name);
    try (VideoDecoder decoder = new VideoDecoder(feed.video(), 1)) {
      for (Frame frame : feed.frames(MediaType.VIDEO).subList(0, FRAMES)) {
        decoder.decode(frame, run::encode);
      }
    } finally {
      run.close();
    }
    assertThat(run.encoded).isGreaterThan(FRAMES / 2);
    assertThat(run.mostHeld).isZero();
  }

  private static final class Run implements AutoCloseable {
    private final EncoderSettings settings;
    private final String name;
    private final Scaler scaler = new Scaler(320, 180);
    private Optional<VideoEncoder> encoder = Optional.empty();
    private int taken;
    private int encoded;
    private int mostHeld;

    Run(EncoderSettings settings, String name) {
      this.settings = settings;
      this.name = name;
    }

    void encode(AVFrame picture) {
      try (VideoFrame frame = VideoFrame.take(picture, 40_000L * taken, taken);
          VideoFrame scaled = scaler.scale(frame)) {
        VideoEncoder open =
            encoder.orElseGet(() -> new VideoEncoder(name, settings, scaled.picture()));
        encoder = Optional.of(open);
        open.encode(scaled, taken % 30 == 0, _ -> encoded++);
        mostHeld = Math.max(mostHeld, open.held());
        taken++;
      }
    }

    @Override
    public void close() {
      encoder.ifPresent(VideoEncoder::close);
      scaler.close();
    }
  }
}
