package dev.millrace.server;

import dev.millrace.server.config.ConfigException;
import dev.millrace.transcoder.ffmpeg.PublishOptions;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The built-in publisher, a child process: FFmpeg's native code never runs in this one. The child
 * ends when this process does, because it reads the pipe whose other end is here; through it the
 * address goes too, so that the stream key stands in no list of processes.
 */
final class ChildPublisher implements AutoCloseable {
  private static final String MAIN = "dev.millrace.transcoder.ffmpeg.PublishMain";
  private static final int GOODBYE_SECONDS = 3;

  private final Process process;

  private ChildPublisher(Process process) {
    this.process = process;
  }

  /**
   * Starts it.
   *
   * @param output where its progress lines go; its errors go to this process's
   * @throws ConfigException if this installation has no FFmpeg
   */
  static ChildPublisher start(PublishOptions options, ProcessBuilder.Redirect output) {
    PublishOptions hidden =
        new PublishOptions(
            options.input(),
            PublishOptions.URL_FROM_INPUT,
            true,
            options.once(),
            options.duration(),
            options.startTimestamp(),
            options.retry(),
            options.tracks());
    List<String> command = new ArrayList<>(List.of(javaProgram()));
    command.addAll(
        List.of(
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-Dorg.bytedeco.javacpp.nopointergc=true",
            "-cp",
            classPath(),
            MAIN));
    command.addAll(hidden.toArguments());
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(output)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      // Left open: its end is the child's.
      process.getOutputStream().write((options.url() + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
      return new ChildPublisher(process);
    } catch (IOException e) {
      throw new UncheckedIOException("the built-in publisher does not start", e);
    }
  }

  private static String javaProgram() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** The node's own jars and, only for the child, FFmpeg's. */
  private static String classPath() {
    Path ffmpeg =
        FfmpegFolder.find()
            .orElseThrow(
                () ->
                    new ConfigException(
                        "the built-in publisher needs FFmpeg, and this installation has no folder"
                            + " 'ffmpeg'; publish with OBS or the ffmpeg program instead"));
    return System.getProperty("java.class.path") + File.pathSeparator + ffmpeg.resolve("*");
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /** Its exit status, once it has ended. */
  int waitFor() throws InterruptedException {
    return process.waitFor();
  }

  /** Ends it; waits until it has said good-bye to the server, but not long. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(GOODBYE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
