package dev.millrace.transcoder.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.Track;
import dev.millrace.testkit.SharedMedia;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Key frames of real encoders, compared with ffmpeg's decoding of the same. */
class KeyFrameDecoderTest {
  @TempDir Path folder;
  private final KeyFrameDecoder decoder = new KeyFrameDecoder(System::nanoTime);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bbb_480p_gop2s.flv",
        "60fps_4slices_mono44k.flv",
        "h264_aud_mp3.flv",
        "open_gop_bpyramid.flv",
        "portrait_odd_crop.flv",
        "size_change_640_480_640.flv",
        "srs_bbb_640x360.flv"
      })
  void decodesEverySampleAsFfmpegDoes(String name) throws Exception {
    Path file = SharedMedia.require("media/" + name);
    Footage footage = Footage.of(file);
    byte[] theirs = firstPicture(file);

    YuvPicture ours = decoder.decode(footage.track(), footage.key().data());

    assertThat(ours.luma().width()).isEqualTo(footage.track().width());
    assertThat(ours.luma().height()).isEqualTo(footage.track().height());
    assertThat(samples(ours)).isEqualTo(theirs);
  }

  @Test
  void decodes1080pWhoseCodedHeightIs1088() throws Exception {
    Path file = encoded("testsrc2=size=1920x1080", "-profile:v", "high");
    Footage footage = Footage.of(file);

    YuvPicture ours = decoder.decode(footage.track(), footage.key().data());

    assertThat(ours.luma().height()).isEqualTo(1080);
    assertThat(samples(ours)).isEqualTo(firstPicture(file));
  }

  @Test
  void decodesPicturesOfMoreBinsThanTheStandardAllows() throws Exception {
    Path file = encoded("testsrc2=size=320x192", "-crf", "1", "-preset", "veryfast");
    Footage footage = Footage.of(file);

    YuvPicture ours = decoder.decode(footage.track(), footage.key().data());

    assertThat(samples(ours)).isEqualTo(firstPicture(file));
  }

  @Test
  void refusesInterlacedVideoByName() throws Exception {
    Footage footage = Footage.of(encoded("testsrc2=size=320x240", "-flags", "+ildct"));

    assertThatThrownBy(() -> decoder.decode(footage.track(), footage.key().data()))
        .isInstanceOf(UnsupportedPictureException.class)
        .hasMessage("interlaced video");
  }

  @Test
  void refusesTenBitsByName() throws Exception {
    Footage footage = Footage.of(encoded("testsrc2=size=320x240", "-pix_fmt", "yuv420p10le"));

    assertThatThrownBy(() -> decoder.decode(footage.track(), footage.key().data()))
        .isInstanceOf(UnsupportedPictureException.class)
        .hasMessage("more than 8 bits a sample");
  }

  @Test
  void refusesHevcByName() throws Exception {
    Footage footage = Footage.of(SharedMedia.require("media/bbb_480p_gop2s.flv"));
    Track.Video avc = footage.track();
    Track.Video hevc =
        new Track.Video(
            0,
            Track.VideoCodec.HEVC,
            "hvc1.1.6.L90.90",
            avc.configuration(),
            64,
            64,
            1,
            1,
            avc.frameRate(),
            false);

    assertThatThrownBy(() -> decoder.decode(hevc, footage.key().data()))
        .isInstanceOf(UnsupportedPictureException.class)
        .hasMessage("H.265");
  }

  @ParameterizedTest
  @ValueSource(strings = {"srs_bbb_640x360.flv", "60fps_4slices_mono44k.flv"})
  void damagedBitsEndInAPictureOrAnExceptionInGoodTime(String name) throws Exception {
    Footage footage = Footage.of(SharedMedia.require("media/" + name));
    byte[] good = footage.key().data().toArray();
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      byte[] bad = good.clone();
      for (int i = 0; i < 1 + seed / 4; i++) {
        bad[4 + random.nextInt(bad.length - 4)] ^= (byte) (1 << random.nextInt(8));
      }
      long begun = System.nanoTime();
      try {
        YuvPicture picture = decoder.decode(footage.track(), Bytes.wrap(bad));
        assertThat(picture.luma().width()).isEqualTo(footage.track().width());
      } catch (RuntimeException expected) {
        assertThat(expected).isNotNull();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .as("seed %s", seed)
          .isLessThan(Duration.ofSeconds(10));
    }
  }

  private byte[] firstPicture(Path file) throws Exception {
    return Footage.ffmpeg(
        "-i", file.toString(), "-frames:v", "1", "-pix_fmt", "yuv420p", "-f", "rawvideo", "-");
  }

  private Path encoded(String source, String... options) throws Exception {
    Path file = folder.resolve("encoded.flv");
    String[] head = {"-f", "lavfi", "-i", source, "-frames:v", "2", "-c:v", "libx264"};
    String[] tail = {"-pix_fmt", "yuv420p", file.toString()};
    boolean ownFormat = String.join(" ", options).contains("-pix_fmt");
    Footage.ffmpeg(
        Stream.of(head, options, ownFormat ? new String[] {file.toString()} : tail)
            .flatMap(Arrays::stream)
            .toArray(String[]::new));
    return file;
  }

  private static byte[] samples(YuvPicture picture) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Plane plane : new Plane[] {picture.luma(), picture.cb(), picture.cr()}) {
      for (int y = 0; y < plane.height(); y++) {
        for (int x = 0; x < plane.width(); x++) {
          out.write(plane.sample(x, y));
        }
      }
    }
    return out.toByteArray();
  }
}
