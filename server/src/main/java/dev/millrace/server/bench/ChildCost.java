package dev.millrace.server.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a child process cost from its start to its end. Needs /proc.
 *
 * @param cpuSeconds user and system time of all its threads
 * @param peakResidentBytes the largest resident set that it ever had (VmHWM)
 * @param wallSeconds from start to end
 */
record ChildCost(double cpuSeconds, long peakResidentBytes, double wallSeconds) {
  /** The kernel counts a process's time for /proc in this unit on all Linux platforms. */
  private static final double TICKS_PER_SECOND = 100;

  private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+([0-9]+) kB");
  private static final int CHILDREN_USER_TIME = 13;
  private static final int CHILDREN_SYSTEM_TIME = 14;

  /** Watches one child; no other child of this process may end meanwhile. */
  static final class Watch {
    private final double before = childrenSeconds();
    private final long startNanos = System.nanoTime();
    private long peak;

    Watch() throws IOException {}

    /**
     * Waits for its end.
     *
     * @throws IOException if it does not end in time; it is killed then
     */
    ChildCost awaitEnd(ProcessHandle child, long seconds) throws IOException, InterruptedException {
      Path status = Path.of("/proc", Long.toString(child.pid()), "status");
      while (child.isAlive()) {
        if (System.nanoTime() - startNanos > TimeUnit.SECONDS.toNanos(seconds)) {
          child.destroyForcibly();
          throw new IOException("did not end within " + seconds + " s");
        }
        look(status);
        TimeUnit.MILLISECONDS.sleep(20);
      }
      long endNanos = System.nanoTime();
      // Its time is counted to its parent when the parent has been told of its end.
      for (int i = 0; i < 100 && childrenSeconds() == before; i++) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
      return new ChildCost(childrenSeconds() - before, peak, (endNanos - startNanos) / 1e9);
    }

    private void look(Path status) {
      try {
        Matcher found = PEAK.matcher(Files.readString(status));
        if (found.find()) {
          peak = Math.max(peak, Long.parseLong(found.group(1)) << 10);
        }
      } catch (IOException e) {
        // It has just ended.
      }
    }
  }

  /** The time of all children that have ended and were waited for (proc_pid_stat(5), 16 and 17). */
  private static double childrenSeconds() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks =
        Long.parseLong(fields[CHILDREN_USER_TIME]) + Long.parseLong(fields[CHILDREN_SYSTEM_TIME]);
    return ticks / TICKS_PER_SECOND;
  }
}
