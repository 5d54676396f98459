package dev.millrace.transcoder.ffmpeg.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.SharedMedia;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Every native object has an owner that closes it. */
class LeakTest {
  private static final int TIMES = 200;

  /**
   * In each of the last two thirds: what is left behind each time grows in both. One picture of the
   * smallest rung would be 2,500, one encoder far more; measured are 250 to 600, of which the JVM's
   * own share is most, and where queues and so arenas once grew longer 3,000 in one of them.
   */
  private static final long GROWTH_KB = 1_500;

  /** A busy machine makes queues and so arenas longer at times; a leak is there each time. */
  private static final int ATTEMPTS = 3;

  @Test
  void twoHundredPipelinesLeaveNothingBehind() throws Exception {
    List<Long> kilobytes = List.of();
    for (int i = 0; i < ATTEMPTS; i++) {
      kilobytes = residentKilobytes();
      if (growth(kilobytes) < GROWTH_KB) {
        return;
      }
    }
    assertThat(growth(kilobytes))
        .as("resident kB of attempt " + ATTEMPTS + ": " + kilobytes)
        .isLessThan(GROWTH_KB);
  }

  private static long growth(List<Long> kilobytes) {
    return Math.min(kilobytes.get(1) - kilobytes.get(0), kilobytes.get(2) - kilobytes.get(1));
  }

  private static List<Long> residentKilobytes() throws Exception {
    Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/status")), "needs Linux's /proc");
    Path file = SharedMedia.require("media/srs_bbb_640x360.flv");
    ProcessBuilder command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dorg.bytedeco.javacpp.nopointergc=true",
                "-cp",
                System.getProperty("java.class.path"),
                LeakProbe.class.getName(),
                file.toString(),
                String.valueOf(TIMES))
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    // Otherwise threads get arenas of their own, and each arena keeps what it once needed: with new
    // threads for every pipeline that grows for hundreds of them, and is no leak.
    command.environment().put("MALLOC_ARENA_MAX", "1");
    Process process = command.start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(output).isZero();

    List<Long> kilobytes = output.lines().map(Long::parseLong).toList();
    assertThat(kilobytes).hasSize(3);
    return kilobytes;
  }
}
