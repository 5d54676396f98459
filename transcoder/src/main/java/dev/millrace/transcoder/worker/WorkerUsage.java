package dev.millrace.transcoder.worker;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a worker's process uses, as its node sees it, in one line: {@code usage pid=4711
 * resident=104857600 cpu=1200000000}.
 *
 * @param pid of the process, on its node
 * @param residentBytes its memory; 0 where that cannot be seen
 * @param cpuNanos processor time since its start; negative where that cannot be seen
 */
public record WorkerUsage(long pid, long residentBytes, long cpuNanos) {
  /** Nothing known. */
  public static final WorkerUsage UNKNOWN = new WorkerUsage(0, 0, -1);

  private static final Pattern LINE =
      Pattern.compile("usage pid=(\\d{1,18}) resident=(\\d{1,18}) cpu=(-?\\d{1,18})");

  /** Of this worker, now. */
  public static WorkerUsage of(Worker worker) {
    return new WorkerUsage(worker.pid(), worker.residentBytes(), worker.cpuNanos());
  }

  /** The line, without its end. */
  public String toLine() {
    return "usage pid=" + pid + " resident=" + residentBytes + " cpu=" + cpuNanos;
  }

  /** Reads a line; empty if it is none. */
  public static Optional<WorkerUsage> parse(String line) {
    Matcher found = LINE.matcher(line);
    return found.matches()
        ? Optional.of(
            new WorkerUsage(
                Long.parseLong(found.group(1)),
                Long.parseLong(found.group(2)),
                Long.parseLong(found.group(3))))
        : Optional.empty();
  }
}
