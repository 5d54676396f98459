package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code millrace} on the distribution that this build has made. */
@DisabledOnOs(OS.WINDOWS)
class LauncherIT {
  private static final Path SCRIPT = Path.of("../millrace").toAbsolutePath().normalize();

  @TempDir Path folder;

  private record Outcome(int status, String output) {}

  private Outcome run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), output);
  }

  @Test
  void isPlainPosixShell() throws Exception {
    assertThat(run(List.of("sh", "-n", SCRIPT.toString()))).isEqualTo(new Outcome(0, ""));
  }

  @Test
  void startsThroughASymbolicLinkFromAnyFolder() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("a link"), SCRIPT);
    Outcome outcome = run(List.of(link.toString(), "--version"));
    assertThat(outcome.output()).contains("Millrace ");
    assertThat(outcome.status()).isZero();
  }

  @Test
  void passesTheProgramsStatusOn() throws Exception {
    assertThat(run(List.of(SCRIPT.toString(), "rnu")).status()).isEqualTo(2);
  }

  @Test
  void workerEndsWithItsInputAndSaysWhatIsWrongWithItsJob() throws Exception {
    Outcome outcome = run(List.of(SCRIPT.toString(), "worker", "--cache", folder.toString()));
    assertThat(outcome.output()).contains("the job ends before its empty line");
    assertThat(outcome.status()).isEqualTo(2);
  }

  @Test
  void saysInOneLineWhatToInstallWhereThereIsNoJava() throws Exception {
    // No machine has a Java of this version.
    String script = Files.readString(SCRIPT).replace("needed=25", "needed=2500");
    Path copy = Files.writeString(folder.resolve("millrace"), script);
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwx------"));
    Outcome outcome = run(List.of(copy.toString(), "run"));
    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.output().lines()).singleElement().asString().contains("install");
  }
}
