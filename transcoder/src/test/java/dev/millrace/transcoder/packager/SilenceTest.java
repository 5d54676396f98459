package dev.millrace.transcoder.packager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.Track;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Silent frames decode to zeros, by ffmpeg. */
class SilenceTest {
  private static final Path FFMPEG = Path.of("/usr/bin/ffmpeg");
  private static final int FRAMES = 20;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"1, 1188", "2, 1190"})
  void aacDecodesToSilence(int channels, String configuration) throws Exception {
    Bytes frame = Silence.of(aac(channels, configuration), Bytes.EMPTY).orElseThrow();

    assertThat(decode("aac", Bytes.concat(List.of(adts(channels, frame.length()), frame))))
        .hasSize(FRAMES * 1024 * 2 * channels)
        .containsOnly(0);
  }

  @Test
  void mp3DecodesToSilenceAndKeepsTheLengthOfTheStreamsFrames() throws Exception {
    // MPEG-1 layer III, 128 kbit/s, 44.1 kHz, joint stereo: 417 bytes.
    byte[] example = new byte[417];
    Bytes.fromHex("fffb9064").copyTo(0, example, 0, 4);
    example[300] = 77;
    Track.Audio track =
        new Track.Audio(0, Track.AudioCodec.MP3, "mp4a.40.34", Bytes.EMPTY, 44_100, 2, 1152);
    Bytes frame = Silence.of(track, Bytes.wrap(example)).orElseThrow();

    assertThat(frame.length()).isEqualTo(417);
    assertThat(decode("mp3", frame)).hasSize(FRAMES * 1152 * 4).containsOnly(0);
  }

  @Test
  void isNotKnownForOtherLayouts() {
    assertThat(Silence.of(aac(6, "11b0"), Bytes.EMPTY)).isEmpty();
    assertThat(Silence.of(aac(2, ""), Bytes.EMPTY)).isEmpty();
  }

  private static Track.Audio aac(int channels, String configuration) {
    return new Track.Audio(
        0, Track.AudioCodec.AAC, "mp4a.40.2", Bytes.fromHex(configuration), 48_000, channels, 1024);
  }

  /** ISO/IEC 14496-3 1.A.2.2.1: AAC-LC, 48 kHz, no CRC. */
  private static Bytes adts(int channels, int length) {
    int total = length + 7;
    return Bytes.of(
        0xFF,
        0xF1,
        1 << 6 | 3 << 2 | channels >> 2,
        (channels & 3) << 6 | total >> 11,
        total >> 3 & 0xFF,
        (total & 7) << 5 | 0x1F,
        0xFC);
  }

  private byte[] decode(String format, Bytes frame) throws Exception {
    if (!Files.isExecutable(FFMPEG)) {
      System.err.println("SKIPPED: silence needs the program ffmpeg to be judged");
    }
    Assumptions.assumeTrue(Files.isExecutable(FFMPEG), "needs the program ffmpeg");
    Path in = folder.resolve("in." + format);
    Path out = folder.resolve("out.pcm");
    byte[] bytes = new byte[frame.length() * FRAMES];
    for (int i = 0; i < FRAMES; i++) {
      frame.copyTo(0, bytes, i * frame.length(), frame.length());
    }
    Files.write(in, bytes);
    Process process =
        new ProcessBuilder(
                FFMPEG.toString(),
                "-nostdin",
                "-v",
                "error",
                "-i",
                in.toString(),
                "-f",
                "s16le",
                out.toString())
            .redirectErrorStream(true)
            .start();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEmpty();
    assertThat(process.waitFor()).isZero();
    return Files.readAllBytes(out);
  }
}
