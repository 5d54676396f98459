package dev.millrace.server.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/**
 * A real process of a test, with its output in a file. Ended with the test: asked first, killed
 * after ten seconds.
 */
final class ChildProcess implements AutoCloseable {
  private static final String PREFIX = "process";
  private static final String SUFFIX = ".log";
  private static final int TAIL = 4_000;

  private final Process process;
  private final Path output;
  private final Supplier<ChildProcess> again;

  private ChildProcess(Process process, Path output, Supplier<ChildProcess> again) {
    this.process = process;
    this.output = output;
    this.again = again;
  }

  /** Another process of the same command. */
  ChildProcess again() {
    return again.get();
  }

  static ChildProcess start(List<String> command, Map<String, String> environment, Path folder) {
    try {
      Files.createDirectories(folder);
      Path output = Files.createTempFile(folder, PREFIX, SUFFIX);
      Files.writeString(output, String.join(" ", command) + "\n");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
      builder.environment().keySet().removeIf(name -> name.startsWith("MILLRACE_"));
      builder.environment().putAll(environment);
      return new ChildProcess(builder.start(), output, () -> start(command, environment, folder));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What the processes of a folder have printed last, each behind its command line: for the message
   * of a test that fails.
   */
  static String tails(Path folder) {
    StringBuilder tails = new StringBuilder();
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, PREFIX + "*" + SUFFIX)) {
      for (Path log : logs) {
        String text = Files.readString(log);
        int from = Math.max(text.indexOf('\n') + 1, text.length() - TAIL);
        tails.append("---- ").append(text.lines().findFirst().orElse("")).append('\n');
        tails.append(text, Math.min(from, text.length()), text.length()).append('\n');
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return tails.toString();
  }

  /** Its command line and everything it printed so far. */
  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until it has printed the text. */
  void awaitOutput(String text, Duration atMost) {
    Awaitility.await("output of " + output + " to contain: " + text)
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> output().contains(text) || fail(text));
  }

  private boolean fail(String text) {
    if (!process.isAlive() && !output().contains(text)) {
      throw new AssertionError(
          "process ended with "
              + process.exitValue()
              + " before it printed "
              + text
              + ":\n"
              + output());
    }
    return false;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** {@code kill -9}. */
  void kill() {
    signal("KILL");
    awaitExit(Duration.ofSeconds(10));
  }

  /** Sends a signal by name, as the shell's kill does. */
  void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The exit status, within the time. */
  int awaitExit(Duration atMost) {
    try {
      if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("still running after " + atMost + ":\n" + output());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
