package dev.millrace.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where this installation keeps FFmpeg's jars, which child processes load and no other does. */
final class FfmpegFolder {
  private FfmpegFolder() {}

  /** The folder; empty where the installation was made without FFmpeg. */
  static Optional<Path> find() {
    return Optional.ofNullable(System.getProperty("millrace.dist"))
        .map(dist -> Path.of(dist, "ffmpeg"))
        .filter(Files::isDirectory);
  }
}
