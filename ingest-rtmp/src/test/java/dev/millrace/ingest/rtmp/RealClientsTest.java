package dev.millrace.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.testkit.SharedMedia;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs of the system as publishers, where they are installed. */
@ExtendWith(LeakCheck.class)
final class RealClientsTest {
  /**
   * A client and its command line; FILE and URL stand for what is published and where to.
   *
   * @param codecs of the tracks that the live hub must know
   */
  record Client(String name, String file, String codecs, String command) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Client> clients() {
    return Stream.of(
        new Client(
            "ffmpeg",
            "bbb_480p_gop2s.flv",
            "avc1 mp4a",
            "ffmpeg -v error -i FILE -c copy -t 10 -f flv URL"),
        new Client(
            "ffmpeg, MP3",
            "h264_aud_mp3.flv",
            "avc1 mp4a",
            "ffmpeg -v error -i FILE -c copy -t 8 -f flv URL"),
        new Client(
            "gst rtmpsink",
            "bbb_480p_gop2s.flv",
            "avc1 mp4a",
            "gst-launch-1.0 -q filesrc location=FILE ! flvdemux name=d"
                + " d.video ! queue ! h264parse ! flvmux name=m streamable=true"
                + " d.audio ! queue ! aacparse ! m. m. ! rtmpsink sync=false location=URL"),
        new Client(
            "gst rtmp2sink",
            "bbb_480p_gop2s.flv",
            "avc1 mp4a",
            "gst-launch-1.0 -q filesrc location=FILE ! flvdemux name=d"
                + " d.video ! queue ! h264parse ! flvmux name=m streamable=true"
                + " d.audio ! queue ! aacparse ! m. m. ! rtmp2sink sync=false location=URL"));
  }

  @ParameterizedTest
  @MethodSource("clients")
  void publishes(Client client, @TempDir Path folder) throws Exception {
    List<String> command = new ArrayList<>(Arrays.asList(client.command().split(" ")));
    requireInstalled(command.getFirst());
    Path file = SharedMedia.require("media/" + client.file());
    try (LogCapture log = new LogCapture();
        TestServer server = new TestServer(TestServer.CONFIG)) {
      String url = server.url("live/real").toString();
      command.replaceAll(word -> word.replace("FILE", file.toString()).replace("URL", url));
      Path output = folder.resolve("output");
      Process process = start(command, output);
      try {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ends by itself").isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        await()
            .atMost(Duration.ofSeconds(5))
            .untilAsserted(() -> assertThat(server.server().connections()).isZero());
      } finally {
        process.destroyForcibly();
      }
      List<Track> tracks =
          server.streams().find(new StreamPath("live", "real")).orElseThrow().facts().tracks();
      assertThat(tracks)
          .extracting(track -> track.codecs().replaceAll("\\..*", ""))
          .containsExactly(client.codecs().split(" "));
      assertThat(server.publications().getFirst().count(9)).isGreaterThan(100);
      assertThat(server.publications().getFirst().count(8)).isGreaterThan(100);
      assertThat(log.lines("RtmpConnection"))
          .filteredOn(line -> line.startsWith("closed: "))
          .singleElement()
          .asString()
          .contains("reason=\"peer\"");
    }
  }

  @Test
  void ffmpegIsToldThatItsKeyIsRefused(@TempDir Path folder) throws Exception {
    requireInstalled("ffmpeg");
    Path file = SharedMedia.require("media/bbb_480p_gop2s.flv");
    try (TestServer server = new TestServer(TestServer.CONFIG)) {
      String url = server.url("live/wrong").toString();
      String command = "ffmpeg -v error -re -i " + file + " -c copy -f flv " + url;
      Path output = folder.resolve("output");
      Process process = start(List.of(command.split(" ")), output);
      try {
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).as("ends by itself").isTrue();
        assertThat(process.exitValue()).isNotZero();
        assertThat(Files.readString(output)).contains("the stream key is not accepted");
      } finally {
        process.destroyForcibly();
      }
    }
  }

  private static Process start(List<String> command, Path output) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectInput(new File("/dev/null"))
        .redirectOutput(output.toFile())
        .start();
  }

  private static void requireInstalled(String program) {
    boolean installed =
        Arrays.stream(String.valueOf(System.getenv("PATH")).split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    if (!installed) {
      System.err.println("SKIPPED: needs the program " + program);
    }
    Assumptions.assumeTrue(installed, "needs the program " + program);
  }
}
