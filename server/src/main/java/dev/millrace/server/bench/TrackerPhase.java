package dev.millrace.server.bench;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/**
 * What happened to the pages of {@link TrackerBench} in one part of a run. Histograms are of
 * microseconds. Any thread.
 */
final class TrackerPhase {
  private static final long LONGEST_MICROS = 60_000_000;

  /** From a page's request for a connection until it has it. */
  final Histogram connecting = new SynchronizedHistogram(LONGEST_MICROS, 3);

  /** From an announcement until the tracker's answer was read. */
  final Histogram announcing = new SynchronizedHistogram(LONGEST_MICROS, 3);

  /**
   * How late the pages' own thread was for what it had planned: the part of the other figures that
   * is no tracker's.
   */
  final Histogram lag = new SynchronizedHistogram(LONGEST_MICROS, 3);

  private final String name;

  /**
   * @param name for the report
   */
  TrackerPhase(String name) {
    this.name = name;
  }

  /** Notes a duration. */
  static void add(Histogram histogram, long nanos) {
    histogram.recordValue(Math.clamp(nanos / 1000, 0, LONGEST_MICROS));
  }

  void report(Report to) {
    to.addMillis(name + "-connect", connecting)
        .addMillis(name + "-announce", announcing)
        .addMillis(name + "-client-lag", lag);
  }
}
