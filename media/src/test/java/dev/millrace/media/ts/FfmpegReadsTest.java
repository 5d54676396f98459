package dev.millrace.media.ts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.cmaf.FragmentReader;
import dev.millrace.media.cmaf.InitSection;
import dev.millrace.testkit.SharedMedia;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real frames in our transport streams, judged by ffprobe and decoded by ffmpeg. */
class FfmpegReadsTest {
  private static final long BASE_US = 3_000_000;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bbb_480p_gop2s.flv",
        "open_gop_bpyramid.flv",
        "60fps_4slices_mono44k.flv",
        "h264_aud_mp3.flv"
      })
  void findsEveryFrameAsItWasPutIn(String file) throws IOException, InterruptedException {
    Footage footage = Footage.read(file);
    List<Frame> frames = footage.frames().stream().map(frame -> at(frame, BASE_US)).toList();
    TsWriter writer = new TsWriter(footage.program(), 200_000);
    assertFound(footage.program(), frames, writeAll(writer, frames));
  }

  @Test
  void readsAConstantRateToo() throws IOException, InterruptedException {
    Footage footage = Footage.read("bbb_480p_gop2s.flv");
    List<Frame> frames = footage.frames().stream().map(frame -> at(frame, BASE_US)).toList();
    ConstantRateMultiplexer mux =
        new ConstantRateMultiplexer(footage.program(), 3_000_000, 700_000);
    mux.restart(BASE_US);
    frames.forEach(frame -> mux.add(footage.program().unit(frame)));
    byte[] stream = new byte[3_000_000 / 1504 * 31 * 188];
    for (int at = 0; at < stream.length; at += 188) {
      mux.next(stream, at);
    }
    assertThat(mux.waiting()).isZero();
    assertFound(footage.program(), frames, Bytes.wrap(stream));
  }

  /** H.265 out of fragments of ffmpeg's own. */
  @Test
  void carriesHevc() throws IOException, InterruptedException {
    Path source = SharedMedia.require("media/hevc_640x360.mp4");
    Path fragmented = folder.resolve("fragmented.mp4");
    run(
        List.of(
            "ffmpeg",
            "-v",
            "error",
            "-i",
            source.toString(),
            "-map",
            "0:v",
            "-c",
            "copy",
            "-movflags",
            "+frag_keyframe+empty_moov+default_base_moof",
            fragmented.toString()));
    Bytes file = Bytes.wrap(Files.readAllBytes(fragmented));
    InitSection init = InitSection.read(file);
    List<Frame> frames = new ArrayList<>();
    for (FragmentReader.ReadSample read : FragmentReader.read(file, init)) {
      long dtsUs = BASE_US + read.decodeTime() * 1_000_000 / init.timescale();
      long ptsUs = dtsUs + read.sample().compositionOffset() * 1_000_000L / init.timescale();
      frames.add(
          new Frame(
              MediaType.VIDEO, 0, dtsUs, ptsUs, read.sample().sync(), read.sample().data(), 0));
    }
    TsProgram program = TsProgram.of(Optional.of((Track.Video) init.track()), Optional.empty());
    assertFound(program, frames, writeAll(new TsWriter(program, 200_000), frames));
  }

  private static Bytes writeAll(TsWriter writer, List<Frame> frames) {
    return Bytes.concat(frames.stream().map(writer::write).toList());
  }

  private static Frame at(Frame frame, long us) {
    return new Frame(
        frame.type(),
        frame.trackId(),
        frame.dtsUs() + us,
        frame.ptsUs() + us,
        frame.key(),
        frame.data(),
        frame.arrivalNanos());
  }

  private void assertFound(TsProgram program, List<Frame> frames, Bytes stream)
      throws IOException, InterruptedException {
    Path written = folder.resolve("written.ts");
    Files.write(written, stream.toArray());
    for (MediaType type : MediaType.values()) {
      List<String> expected =
          frames.stream().filter(frame -> frame.type() == type).map(f -> line(program, f)).toList();
      String select = type == MediaType.VIDEO ? "v" : "a";
      List<String> found =
          run(List.of(
                  "ffprobe",
                  "-v",
                  "error",
                  "-of",
                  "compact=p=0:nk=1",
                  "-select_streams",
                  select,
                  "-show_entries",
                  "packet=pts,dts,size",
                  written.toString()))
              .lines()
              .filter(line -> !line.isBlank())
              .map(line -> line.replaceAll("\\|+$", ""))
              .toList();
      // Of H.265 ffmpeg's parser counts the first zero of a start code to the frame before.
      assertThat(found.stream().map(FfmpegReadsTest::times).toList())
          .containsExactlyElementsOf(expected.stream().map(FfmpegReadsTest::times).toList());
      assertThat(found.stream().mapToInt(FfmpegReadsTest::size).sum())
          .isEqualTo(expected.stream().mapToInt(FfmpegReadsTest::size).sum());
      for (int i = 0; i < found.size(); i++) {
        assertThat(size(found.get(i))).isCloseTo(size(expected.get(i)), within(1));
      }
    }
    assertThat(
            run(
                List.of(
                    "ffmpeg",
                    "-v",
                    "error",
                    "-i",
                    written.toString(),
                    "-fps_mode",
                    "passthrough",
                    "-enc_time_base",
                    "-1",
                    "-f",
                    "null",
                    "-")))
        .as("what ffmpeg complains of")
        .isEmpty();
  }

  private static String times(String line) {
    return line.substring(0, line.lastIndexOf('|'));
  }

  private static int size(String line) {
    return Integer.parseInt(line.substring(line.lastIndexOf('|') + 1));
  }

  private static String line(TsProgram program, Frame frame) {
    PesPacket pes = PesPacket.read(program.unit(frame).pes());
    long dts = pes.dts().orElse(pes.pts().orElseThrow());
    return pes.pts().orElseThrow() + "|" + dts + "|" + pes.data().length();
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
