package dev.millrace.server.bench;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** What the pages of {@link TrackerBench} have seen, all together. Any thread. */
final class TrackerTally {
  final LongAdder open = new LongAdder();
  final LongAdder offers = new LongAdder();
  final LongAdder answers = new LongAdder();
  final LongAdder errors = new LongAdder();
  final AtomicReference<String> lastError = new AtomicReference<>("");

  private volatile TrackerPhase phase;

  /**
   * @param phase the first
   */
  TrackerTally(TrackerPhase phase) {
    this.phase = phase;
  }

  /** The part of the run that is now: what begins now is counted there, whenever it ends. */
  TrackerPhase phase() {
    return phase;
  }

  /** Another part begins. */
  void enter(TrackerPhase next) {
    phase = next;
  }

  void error(String what) {
    errors.increment();
    lastError.set(what);
  }
}
