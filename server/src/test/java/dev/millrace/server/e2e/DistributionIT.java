package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/**
 * What is packed where: the node's class path is {@code lib}, and FFmpeg, native and in part under
 * the GPL, is in {@code ffmpeg}, which child processes load beside it.
 */
class DistributionIT {
  private static final String BYTEDECO = "org/bytedeco/";

  @Test
  void nodeHasNothingOfFfmpegOnItsClassPath() throws IOException {
    List<Path> jars = jars("lib");
    assertThat(jars).isNotEmpty();
    for (Path jar : jars) {
      assertThat(entries(jar))
          .as("entries of %s", jar.getFileName())
          .isNotEmpty()
          .noneMatch(entry -> entry.startsWith(BYTEDECO))
          .noneMatch(entry -> entry.contains("libavcodec") || entry.contains("libx264"));
    }
  }

  @Test
  void childrenHaveFfmpegAndNothingElseBesideIt() throws IOException {
    List<Path> jars = jars("ffmpeg");
    assertThat(jars).isNotEmpty();
    for (Path jar : jars) {
      assertThat(entries(jar))
          .as("classes of %s", jar.getFileName())
          .filteredOn(entry -> entry.endsWith(".class") && !entry.endsWith("module-info.class"))
          .allMatch(entry -> entry.startsWith(BYTEDECO));
    }
    assertThat(jars.stream().flatMap(jar -> entries(jar).stream()))
        .anyMatch(entry -> entry.startsWith(BYTEDECO) && entry.contains("avcodec"));
  }

  private static List<Path> jars(String folder) throws IOException {
    try (Stream<Path> files = Files.list(Installation.folder(folder))) {
      return files.filter(file -> file.toString().endsWith(".jar")).toList();
    }
  }

  private static List<String> entries(Path jar) {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream().map(ZipEntry::getName).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
