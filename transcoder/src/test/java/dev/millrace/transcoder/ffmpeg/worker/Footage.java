package dev.millrace.transcoder.ffmpeg.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.BarCode;
import java.io.File;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Short media files made by the system's ffmpeg; tests are skipped where there is none. */
final class Footage {
  private static final int COLUMNS = 16;

  private Footage() {}

  /** Makes the file of what ffmpeg's arguments say, all but the file's name. */
  static FileFeed made(Path file, String... arguments) throws Exception {
    Process process = ffmpeg(file, arguments).redirectInput(new File("/dev/null")).start();
    assertThat(process.waitFor()).isZero();
    return FileFeed.read(file);
  }

  /** Grey pictures of 320x180, 25 a second, each with its number as a bar code, then encoded. */
  static FileFeed numbered(Path file, int pictures, String... encoder) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of("-f", "rawvideo", "-pix_fmt", "gray", "-s", "320x180", "-r", "25", "-i", "-"));
    arguments.addAll(List.of("-pix_fmt", "yuv420p"));
    arguments.addAll(List.of(encoder));
    Process process = ffmpeg(file, arguments.toArray(String[]::new)).start();
    try (OutputStream out = process.getOutputStream()) {
      for (int number = 0; number < pictures; number++) {
        out.write(picture(number));
      }
    }
    assertThat(process.waitFor()).isZero();
    return FileFeed.read(file);
  }

  private static byte[] picture(int number) {
    byte[] luma = new byte[320 * 180];
    int code = BarCode.code(number);
    for (int y = 0; y < 180; y++) {
      for (int x = 0; x < 320; x++) {
        int field = (y * 8 / 180 - 6) * COLUMNS + x * COLUMNS / 320;
        boolean one = field >= 0 && (code >>> (31 - field) & 1) != 0;
        luma[y * 320 + x] = (byte) (field < 0 ? 64 + (x + number) % 64 : one ? 235 : 16);
      }
    }
    return luma;
  }

  private static ProcessBuilder ffmpeg(Path file, String... arguments) {
    boolean there =
        List.of(System.getenv("PATH").split(File.pathSeparator, -1)).stream()
            .anyMatch(each -> Files.isExecutable(Path.of(each, "ffmpeg")));
    Assumptions.assumeTrue(there, "needs the program ffmpeg to make its source");
    List<String> command = new ArrayList<>(List.of("ffmpeg", "-v", "error"));
    command.addAll(List.of(arguments));
    command.add(file.toString());
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.INHERIT)
        .redirectError(ProcessBuilder.Redirect.INHERIT);
  }
}
