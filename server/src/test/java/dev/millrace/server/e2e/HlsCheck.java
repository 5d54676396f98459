package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testkit.SharedMedia;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The project's black-box checker of live HLS, a program of its own in ../shared/tools. */
final class HlsCheck {
  private HlsCheck() {}

  /** Starts it; it watches the stream for so many seconds. */
  static ChildProcess start(Path folder, URI playlist, int seconds, String... options) {
    Path checker = SharedMedia.require("tools/hlscheck/hlscheck.py");
    Programs.require("python3");
    List<String> command =
        new ArrayList<>(
            List.of(
                "python3",
                checker.toString(),
                playlist.toString(),
                "--require-ll",
                "--seconds",
                Integer.toString(seconds)));
    command.addAll(List.of(options));
    return ChildProcess.start(command, Map.of("PYTHONDONTWRITEBYTECODE", "1"), folder);
  }

  /** Waits for its verdict: no rule may FAIL. */
  static void assertNoFailure(ChildProcess check, int seconds) {
    int status = check.awaitExit(Duration.ofSeconds(seconds + 90L));
    List<String> failures = check.output().lines().filter(line -> line.startsWith("FAIL")).toList();
    assertThat(failures).as("rules that failed").isEmpty();
    assertThat(status).as("exit status of hlscheck:\n" + check.output()).isZero();
    assertThat(check.output().lines().filter(line -> line.startsWith("PASS")).count())
        .as("rules that passed:\n" + check.output())
        .isGreaterThan(60);
  }
}
