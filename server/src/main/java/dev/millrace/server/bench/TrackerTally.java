package dev.millrace.server.bench;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/** What the pages of {@link TrackerBench} have seen, all together. Any thread. */
final class TrackerTally {
  private static final long LONGEST_MICROS = 60_000_000;

  final Histogram connecting = new SynchronizedHistogram(LONGEST_MICROS, 3);
  final Histogram announcing = new SynchronizedHistogram(LONGEST_MICROS, 3);
  final LongAdder open = new LongAdder();
  final LongAdder offers = new LongAdder();
  final LongAdder answers = new LongAdder();
  final LongAdder errors = new LongAdder();
  final AtomicReference<String> lastError = new AtomicReference<>("");

  static void add(Histogram histogram, long sinceNanos) {
    histogram.recordValue(Math.min((System.nanoTime() - sinceNanos) / 1000, LONGEST_MICROS));
  }

  void error(String what) {
    errors.increment();
    lastError.set(what);
  }
}
