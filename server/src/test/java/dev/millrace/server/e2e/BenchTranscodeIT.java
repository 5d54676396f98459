package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.SharedMedia;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace bench transcode} on a small file: that it measures, not what. */
class BenchTranscodeIT {
  private static final Pattern FIGURE = Pattern.compile("\"([a-z0-9-]+)\": ([0-9.]+)");

  @TempDir Path folder;

  @Test
  void comparesAWorkerWithAnFfmpegProgram() {
    Assumptions.assumeTrue(Files.isReadable(Path.of("/proc/self/stat")), "needs /proc");
    Programs.require("ffmpeg"); // where that of the installation does not start
    Path file = SharedMedia.require("media/portrait_odd_crop.flv").toAbsolutePath();
    List<String> command =
        List.of(
            "bench",
            "transcode",
            file.toString(),
            "--ladder=120p:150k,64p:80k",
            "--preset=ultrafast",
            "--runs=1",
            "--json");
    try (ChildProcess bench =
        ChildProcess.start(Installation.node(command), Map.of(), folder.resolve("bench"))) {
      assertThat(bench.awaitExit(Duration.ofMinutes(3))).as(bench.output()).isZero();
      String output = bench.output();
      // Whole, or the program would have failed: 8 s of 12.5 frames a second.
      assertThat(figure(output, "media-seconds")).isBetween(7.5, 8.5);
      assertThat(figure(output, "cpu-ratio")).isPositive();
      assertThat(figure(output, "resident-ratio")).isPositive();
      assertThat(figure(output, "worker-start-cpu-seconds")).isPositive();
      assertThat(figure(output, "live-added-latency-count")).isPositive();
      assertThat(figure(output, "120p-average-kbps")).isBetween(50.0, 300.0);
      assertThat(figure(output, "64p-average-kbps")).isBetween(25.0, 160.0);
    }
  }

  private static double figure(String output, String name) {
    Matcher found = FIGURE.matcher(output);
    while (found.find()) {
      if (found.group(1).equals(name)) {
        return Double.parseDouble(found.group(2));
      }
    }
    throw new AssertionError("no figure " + name + " in " + output);
  }
}
