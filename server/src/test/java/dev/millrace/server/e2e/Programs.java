package dev.millrace.server.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Programs of the machine that some tests need. With CI=true a missing one is a failure. */
final class Programs {
  private Programs() {}

  static Optional<Path> find(String name) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      Path candidate = Path.of(folder, name);
      if (Files.isExecutable(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  static Path require(String name) {
    return orSkip(find(name), name);
  }

  /** GStreamer with these elements, which its many packages bring or not. */
  static void requireGstreamer(String... elements) {
    Path inspect = require("gst-inspect-1.0");
    for (String element : elements) {
      orSkip(
          Optional.of(inspect).filter(program -> succeeds(program, "--exists", element)),
          "GStreamer's element " + element);
    }
  }

  private static boolean succeeds(Path program, String... arguments) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** CHROME_BIN, or Chromium at its usual places. */
  static Path requireChromium() {
    Optional<Path> chosen =
        Optional.ofNullable(System.getenv("CHROME_BIN")).map(Path::of).filter(Files::isExecutable);
    return orSkip(
        chosen
            .or(() -> find("chromium"))
            .or(() -> find("chromium-browser"))
            .or(() -> find("google-chrome")),
        "chromium");
  }

  private static Path orSkip(Optional<Path> program, String name) {
    if (program.isEmpty()) {
      if ("true".equals(System.getenv("CI"))) {
        Assertions.fail(name + " is not installed, and with CI=true that is a failure");
      }
      System.err.println("SKIPPED: needs " + name + " on this machine");
      Assumptions.abort("needs " + name + " on this machine");
    }
    return program.orElseThrow();
  }
}
