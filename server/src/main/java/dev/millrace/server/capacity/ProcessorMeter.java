package dev.millrace.server.capacity;

import com.sun.management.OperatingSystemMXBean;
import dev.millrace.server.capacity.MachineLoad.Meter;
import dev.millrace.server.capacity.MachineLoad.Reading;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads processor time where Linux tells it: {@code /proc/stat} for the machine (proc(5)), and
 * {@code cpu.max} and {@code cpu.stat} of the nearest limited control group (cgroup v2). Elsewhere
 * the JVM is asked.
 */
final class ProcessorMeter implements Meter {
  /** Fields of the line {@code cpu}: idle and iowait are no work; guest time is in user time. */
  private static final List<Integer> WORK = List.of(0, 1, 2, 5, 6, 7);

  private static final int FIELDS = 8;

  private final Path proc;
  private final Path groups;
  private final LongSupplier nanoTime;

  /** Of the machine; ticks of the kernel are turned into time by what all processors did. */
  private long busyNanos;

  private long lastNanos;
  private long[] lastTicks = new long[FIELDS];

  /**
   * @param proc usually {@code /proc}
   * @param groups usually {@code /sys/fs/cgroup}
   */
  ProcessorMeter(Path proc, Path groups, LongSupplier nanoTime) {
    this.proc = proc;
    this.groups = groups;
    this.nanoTime = nanoTime;
  }

  /** Whatever tells it here. */
  static Meter ofThisMachine(LongSupplier nanoTime) {
    Path proc = Path.of("/proc");
    return Files.isReadable(proc.resolve("stat"))
        ? new ProcessorMeter(proc, Path.of("/sys/fs/cgroup"), nanoTime)
        : new JvmMeter(nanoTime);
  }

  @Override
  public Reading read() {
    try {
      int processors = readMachine();
      return readGroup(processors);
    } catch (IOException | NumberFormatException e) {
      return new Reading(
          Runtime.getRuntime().availableProcessors(), busyNanos, Double.POSITIVE_INFINITY, 0);
    }
  }

  private int readMachine() throws IOException {
    List<String> lines = Files.readAllLines(proc.resolve("stat"));
    int processors = (int) lines.stream().filter(line -> line.matches("cpu\\d+ .*")).count();
    long[] ticks =
        Arrays.stream(lines.getFirst().replaceFirst("cpu +", "").split(" ", -1))
            .limit(FIELDS)
            .mapToLong(Long::parseLong)
            .toArray();
    long now = nanoTime.getAsLong();
    long all = 0;
    long work = 0;
    for (int i = 0; i < ticks.length; i++) {
      long since = ticks[i] - lastTicks[i];
      all += since;
      work += WORK.contains(i) ? since : 0;
    }
    boolean first = lastNanos == 0;
    if (!first && all > 0) {
      busyNanos += (long) ((double) work / all * processors * (now - lastNanos));
    }
    if (first || all > 0) {
      lastNanos = now;
      lastTicks = ticks;
    }
    return processors;
  }

  private Reading readGroup(int processors) throws IOException {
    for (@Nullable Path group = ownGroup();
        group != null && group.startsWith(groups);
        group = group.getParent()) {
      Path max = group.resolve("cpu.max");
      if (!Files.isReadable(max)) {
        continue;
      }
      String[] words = Files.readString(max).strip().split(" ", -1);
      if (!words[0].equals("max")) {
        double limit = Double.parseDouble(words[0]) / Double.parseDouble(words[1]);
        return new Reading(processors, busyNanos, limit, usedNanos(group));
      }
    }
    return new Reading(processors, busyNanos, Double.POSITIVE_INFINITY, 0);
  }

  /** Inside of a container it is the root. */
  private Path ownGroup() throws IOException {
    try (Stream<String> lines = Files.lines(proc.resolve("self/cgroup"))) {
      return lines
          .filter(line -> line.startsWith("0::/"))
          .map(line -> groups.resolve(line.substring("0::/".length())).normalize())
          .filter(Files::isDirectory)
          .findFirst()
          .orElse(groups);
    }
  }

  private static long usedNanos(Path group) throws IOException {
    try (Stream<String> lines = Files.lines(group.resolve("cpu.stat"))) {
      return lines
          .filter(line -> line.startsWith("usage_usec "))
          .mapToLong(line -> Long.parseLong(line.substring("usage_usec ".length()).strip()))
          .map(TimeUnit.MICROSECONDS::toNanos)
          .findFirst()
          .orElse(0);
    }
  }

  /** What the JVM tells of its machine, or its container. */
  private static final class JvmMeter implements Meter {
    private final OperatingSystemMXBean system =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final LongSupplier nanoTime;
    private long lastNanos;
    private long busyNanos;

    JvmMeter(LongSupplier nanoTime) {
      this.nanoTime = nanoTime;
      this.lastNanos = nanoTime.getAsLong();
    }

    @Override
    public Reading read() {
      int processors = Runtime.getRuntime().availableProcessors();
      long now = nanoTime.getAsLong();
      double load = system.getCpuLoad();
      busyNanos += load > 0 ? (long) (load * processors * (now - lastNanos)) : 0;
      lastNanos = now;
      return new Reading(processors, busyNanos, Double.POSITIVE_INFINITY, 0);
    }
  }
}
