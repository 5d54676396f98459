package dev.millrace.transcoder.worker;

import dev.millrace.transcoder.worker.WorkerEvent.Level;
import dev.millrace.transcoder.worker.WorkerLauncher.WorkerEvents;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A worker in a child process. Its pipes are read by two threads, which end with it; a pipe is held
 * open for as long as the worker shall live.
 */
final class WorkerProcess implements Worker {
  /** A crash report of a JVM has some dozens of lines; a worker that chatters is cut short. */
  private static final int MOST_ERROR_LINES = 40;

  private static final int LONGEST_LINE = 16_384;
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+([0-9]+) kB");

  private final Process process;
  private final Runnable changed;
  private final WorkerEvents events;
  private final LongSupplier nanoTime;

  /** Written by the thread that reads; a reader needs the last one only. */
  private volatile Report report;

  private record Report(Optional<WorkerStatus> status, long nanos) {}

  private WorkerProcess(
      Process process, Runnable changed, WorkerEvents events, LongSupplier nanoTime) {
    this.process = process;
    this.changed = changed;
    this.events = events;
    this.nanoTime = nanoTime;
    this.report = new Report(Optional.empty(), nanoTime.getAsLong());
  }

  /**
   * Tells a process that waits for it its job.
   *
   * @param name of the threads that read its pipes
   */
  static WorkerProcess of(
      Process process,
      WorkerJob job,
      String name,
      Runnable changed,
      WorkerEvents events,
      LongSupplier nanoTime) {
    WorkerProcess worker = new WorkerProcess(process, changed, events, nanoTime);
    worker.readOn(name + " status", process.getInputStream(), worker::line);
    worker.readOn(name + " errors", process.getErrorStream(), new ErrorLines(events)::line);
    process.onExit().thenRun(changed);
    try {
      process.getOutputStream().write(job.toText().getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      worker.kill(); // it is dying already: its end is what will be seen
    }
    return worker;
  }

  /** A thread of the platform: reading a pipe holds the thread that carries a virtual one. */
  private void readOn(String name, InputStream pipe, Consumer<String> lines) {
    Thread.ofPlatform()
        .daemon()
        .name(name)
        .start(
            () -> {
              try (BufferedReader in =
                  new BufferedReader(new InputStreamReader(pipe, StandardCharsets.UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                  lines.accept(
                      line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) : line);
                }
              } catch (IOException e) {
                // The pipe broke because the worker is gone, which is seen elsewhere.
              }
            });
  }

  private void line(String line) {
    Optional<WorkerStatus> status = WorkerStatus.parse(line);
    if (status.isPresent()) {
      report = new Report(status, nanoTime.getAsLong());
      changed.run();
      return;
    }
    WorkerEvent.parse(line).ifPresent(events::accept);
  }

  /** What a worker writes to its standard error is for the log, but not without end. */
  private static final class ErrorLines {
    private final WorkerEvents events;
    private int lines;

    ErrorLines(WorkerEvents events) {
      this.events = events;
    }

    void line(String line) {
      lines++;
      if (lines < MOST_ERROR_LINES) {
        events.accept(new WorkerEvent(Level.WARN, line));
      } else if (lines == MOST_ERROR_LINES) {
        events.accept(new WorkerEvent(Level.WARN, "(what else it writes is left out)"));
      }
    }
  }

  @Override
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public int exitStatus() {
    return process.isAlive() ? 0 : process.exitValue();
  }

  @Override
  public Optional<WorkerStatus> status() {
    return report.status();
  }

  @Override
  public long statusNanos() {
    return report.nanos();
  }

  @Override
  public long residentBytes() {
    try {
      Matcher resident =
          RESIDENT.matcher(Files.readString(Path.of("/proc/" + process.pid() + "/status")));
      return resident.find() ? Long.parseLong(resident.group(1)) << 10 : 0;
    } catch (IOException e) {
      return 0; // not Linux, or just gone
    }
  }

  @Override
  public long cpuNanos() {
    return process.info().totalCpuDuration().map(Duration::toNanos).orElse(-1L);
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public void kill() {
    process.destroyForcibly();
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It is gone already.
    }
  }
}
