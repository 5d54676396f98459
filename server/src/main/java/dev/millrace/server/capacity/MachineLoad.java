package dev.millrace.server.capacity;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * How busy this machine is, averaged over the last seconds, whoever makes it so: all programs of
 * it, and, where a control group limits this one, that group. Nothing of it is configured. {@link
 * #sample} is to be called about once a second; any thread.
 */
public final class MachineLoad {
  /** Over which the load is averaged. */
  static final Duration WINDOW = Duration.ofSeconds(5);

  /** Where processor time is told. */
  interface Meter {
    /** What there is and what was used, since some moment in the past. */
    Reading read();
  }

  /**
   * What was used.
   *
   * @param machineCores processors of the machine
   * @param machineBusyNanos processor time used on the machine
   * @param limitCores what this program's group may use; infinite if it is not limited
   * @param groupBusyNanos processor time used in that group; 0 if it is not limited
   */
  record Reading(
      double machineCores, long machineBusyNanos, double limitCores, long groupBusyNanos) {}

  private record Sample(long atNanos, Reading reading) {}

  private final Meter meter;
  private final int processors;
  private final LongSupplier nanoTime;
  private final Deque<Sample> samples = new ArrayDeque<>();

  /** Of this machine. */
  public MachineLoad(LongSupplier nanoTime) {
    this(
        ProcessorMeter.ofThisMachine(nanoTime),
        Runtime.getRuntime().availableProcessors(),
        nanoTime);
  }

  MachineLoad(Meter meter, int processors, LongSupplier nanoTime) {
    this.meter = meter;
    this.processors = processors;
    this.nanoTime = nanoTime;
    sample();
  }

  /** Processors that this program may use. */
  public int cores() {
    return processors;
  }

  /** Measures. */
  public synchronized void sample() {
    long now = nanoTime.getAsLong();
    samples.add(new Sample(now, meter.read()));
    while (samples.size() > 2 && now - samples.element().atNanos() > WINDOW.toNanos()) {
      samples.remove();
    }
  }

  /**
   * How many of {@link #cores} are in use: those that are not free, neither on the machine nor
   * within the limit of the group. 0 before the second sample.
   */
  public synchronized double busyCores() {
    Sample first = samples.getFirst();
    Sample last = samples.getLast();
    long nanos = last.atNanos() - first.atNanos();
    if (nanos <= 0) {
      return 0;
    }
    Reading from = first.reading();
    Reading to = last.reading();
    double machineFree =
        to.machineCores() - (double) (to.machineBusyNanos() - from.machineBusyNanos()) / nanos;
    double groupFree =
        to.limitCores() - (double) (to.groupBusyNanos() - from.groupBusyNanos()) / nanos;
    return Math.clamp(processors - Math.min(machineFree, groupFree), 0, processors);
  }
}
