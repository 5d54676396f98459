package dev.millrace.media.cmaf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.Track;
import dev.millrace.media.codec.Tracks;
import dev.millrace.testkit.SharedMedia;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Real frames in our fragments, judged by ffprobe and decoded by ffmpeg where they are installed.
 */
class FfprobeTest {
  private static final int FRAMES_PER_FRAGMENT = 12;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "bbb_480p_gop2s.flv, h264|854|480|1:1",
    "portrait_odd_crop.flv, h264|242|432|N/A",
    "60fps_4slices_mono44k.flv, h264|640|360|1281:1280",
    "vfr_8_to_24fps.flv, h264|640|360|1281:1280",
  })
  void readsEveryVideoFrameWithItsTimes(String file, String facts)
      throws IOException, InterruptedException {
    FlvFootage footage = FlvFootage.read(SharedMedia.bytes("media/" + file));
    List<Sample> samples = footage.videoSamples();
    Path written = write(footage.videoTrack(), samples);
    assertThat(
            probe(written, "-show_entries", "stream=codec_name,width,height,sample_aspect_ratio"))
        .containsExactly(facts);
    assertThat(probe(written, "-show_entries", "packet=pts,dts,size,flags"))
        .containsExactlyElementsOf(expectedPackets(samples));
    assertDecodes(written);
  }

  /**
   * ffprobe takes recovery points for key frames too; a player that joins at one would see debris.
   */
  @Test
  void marksNoOpenGopFrameAsSync() throws IOException, InterruptedException {
    FlvFootage footage = FlvFootage.read(SharedMedia.bytes("media/open_gop_bpyramid.flv"));
    List<Sample> samples = footage.videoSamples();
    assertThat(samples.stream().filter(Sample::sync)).hasSize(1);
    Path written = write(footage.videoTrack(), samples);
    assertThat(probe(written, "-show_entries", "packet=pts,dts,size"))
        .containsExactlyElementsOf(
            expectedPackets(samples).stream()
                .map(line -> line.replaceAll("\\|[K_]+$", ""))
                .toList());
    assertDecodes(written);
  }

  @ParameterizedTest
  @CsvSource({
    "bbb_480p_gop2s.flv, aac|48000|2",
    "60fps_4slices_mono44k.flv, aac|44100|1",
    "h264_aud_mp3.flv, mp3|44100|2",
  })
  void readsEveryAudioFrame(String file, String facts) throws IOException, InterruptedException {
    FlvFootage footage = FlvFootage.read(SharedMedia.bytes("media/" + file));
    List<Sample> samples = footage.audioSamples();
    Path written = write(footage.audioTrack(), samples);
    assertThat(probe(written, "-show_entries", "stream=codec_name,sample_rate,channels"))
        .containsExactly(facts);
    assertThat(probe(written, "-show_entries", "packet=pts"))
        .hasSameSizeAs(samples)
        .contains(Long.toString((samples.size() - 1L) * footage.audioTrack().samplesPerFrame()));
    assertDecodes(written);
  }

  @Test
  void readsHevcConfiguration() throws IOException, InterruptedException {
    byte[] file = SharedMedia.bytes("media/hevc_640x360.mp4");
    Bytes hvcC = contentOf("hvcC", Bytes.wrap(file));
    Track.Video track = Tracks.hevc(0, hvcC, OptionalDouble.empty());
    Path written = write(track, List.of());
    assertThat(probe(written, "-show_entries", "stream=codec_name,profile,width,height,level"))
        .containsExactly("hevc|Main|640|360|63");
  }

  private static Bytes contentOf(String type, Bytes file) {
    int at = 0;
    while (!file.slice(at, 4).equals(Bytes.utf8(type))) {
      at++;
    }
    return file.slice(at + 4, file.s32(at - 4) - 8);
  }

  private Path write(Track track, List<Sample> samples) throws IOException {
    List<Bytes> pieces = new ArrayList<>();
    pieces.add(InitSegment.write(track));
    long time = 0;
    for (int at = 0; at < samples.size(); at += FRAMES_PER_FRAGMENT) {
      List<Sample> some = samples.subList(at, Math.min(samples.size(), at + FRAMES_PER_FRAGMENT));
      pieces.add(Fragment.write(pieces.size(), time, some));
      time += some.stream().mapToLong(Sample::duration).sum();
    }
    Path written = folder.resolve("written.mp4");
    Files.write(written, Bytes.concat(pieces).toArray());
    return written;
  }

  private static List<String> expectedPackets(List<Sample> samples) {
    List<String> packets = new ArrayList<>();
    long time = 0;
    for (Sample sample : samples) {
      packets.add(
          (time + sample.compositionOffset())
              + "|"
              + time
              + "|"
              + sample.data().length()
              + "|"
              + (sample.sync() ? "K_" : "__"));
      time += sample.duration();
    }
    return packets;
  }

  private List<String> probe(Path file, String... entries)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("ffprobe", "-v", "error", "-of", "compact=p=0:nk=1"));
    command.addAll(List.of(entries));
    command.add(file.toString());
    return run(command).lines().filter(line -> !line.isBlank()).toList();
  }

  private void assertDecodes(Path file) throws IOException, InterruptedException {
    assertThat(run(List.of("ffmpeg", "-v", "error", "-i", file.toString(), "-f", "null", "-")))
        .as("what ffmpeg complains of")
        .isEmpty();
  }

  /** Runs a program of ffmpeg; the test is skipped, loudly, where it is not installed. */
  private String run(List<String> command) throws IOException, InterruptedException {
    Path output = folder.resolve("output.txt");
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    } catch (IOException e) {
      System.err.println("SKIPPED: needs the program " + command.getFirst());
      Assumptions.abort("needs the program " + command.getFirst());
      throw e;
    }
    int status = process.waitFor();
    String text = Files.readString(output);
    assertThat(status).as(text).isZero();
    return text;
  }
}
