package dev.millrace.server.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The distribution that this build packed, and how its programs are started. */
final class Installation {
  private static final Path DIST = Path.of(System.getProperty("millrace.dist", "target/dist"));

  private Installation() {}

  /** A folder of the distribution. */
  static Path folder(String name) {
    return DIST.resolve(name);
  }

  /** A node's command line: what the launcher script executes, without looking for a JDK again. */
  static List<String> node(List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                java(),
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "-Dmillrace.dist=" + DIST.toAbsolutePath(),
                "-cp",
                DIST.resolve("lib").toAbsolutePath() + "/*",
                "dev.millrace.server.Main"));
    command.addAll(arguments);
    return command;
  }

  /** The publisher's command line, the same code as {@code millrace publish} runs in its child. */
  static List<String> publisher(List<String> arguments) {
    Path dist = DIST.toAbsolutePath();
    List<String> command =
        new ArrayList<>(
            List.of(
                java(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dorg.bytedeco.javacpp.nopointergc=true",
                "-cp",
                dist.resolve("lib") + "/*:" + dist.resolve("ffmpeg") + "/*",
                "dev.millrace.transcoder.ffmpeg.PublishMain"));
    command.addAll(arguments);
    return command;
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
