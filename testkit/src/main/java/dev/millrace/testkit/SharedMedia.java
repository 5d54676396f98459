package dev.millrace.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * The folder {@code shared} that stands beside the repository on the project's machines: real
 * footage, recordings of real RTMP clients, and the HLS checker. Elsewhere it is missing, and tests
 * that need it are skipped with a line that says so.
 */
public final class SharedMedia {
  private SharedMedia() {}

  /** The folder, looked for beside the working directory and each of its parents. */
  public static Optional<Path> folder() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path candidate = at.resolve("shared");
      if (Files.isDirectory(candidate.resolve("media"))) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /** A file below the folder; the running test is skipped, loudly, where it is not there. */
  public static Path require(String name) {
    Optional<Path> file = folder().map(shared -> shared.resolve(name)).filter(Files::exists);
    if (file.isEmpty()) {
      System.err.println("SKIPPED: needs ../shared/" + name + " beside the repository");
    }
    Assumptions.assumeTrue(file.isPresent(), "needs ../shared/" + name + " beside the repository");
    return file.orElseThrow();
  }

  /** The bytes of a file below the folder; skips like {@link #require}. */
  public static byte[] bytes(String name) {
    try {
      return Files.readAllBytes(require(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
