package dev.millrace.server.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What a process has used so far.
 *
 * @param cpu user and system time of all its threads
 * @param residentBytes its resident set, 0 where the platform does not tell (no /proc)
 */
record ProcessUsage(Duration cpu, long residentBytes) {

  /** Reads the figures of a live process; empty if there is none with this id. */
  static Optional<ProcessUsage> of(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().totalCpuDuration())
        .map(cpu -> new ProcessUsage(cpu, residentBytes(pid)));
  }

  private static long residentBytes(long pid) {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    try {
      return Files.readAllLines(status).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .mapToLong(kibibytes -> Long.parseLong(kibibytes) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
