package dev.millrace.cluster;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a node's load is worth telling: when it differs enough to change a decision, and two
 * seconds after the last time at the earliest. Used under the membership's lock.
 */
final class LoadNews {
  private static final long APART_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final double CORES = 0.25;
  private static final long BYTES = 250_000;
  private static final int VIEWERS = 5;

  /** Part of the larger of two numbers by which they differ. */
  private static final double SHARE = 0.1;

  private @Nullable Long toldAt;

  /** Whether to tell it now; then it counts as told. */
  boolean isNews(NodeLoad told, NodeLoad now, long nanoTime) {
    if ((toldAt != null && nanoTime - toldAt < APART_NANOS) || !differs(told, now)) {
      return false;
    }
    toldAt = nanoTime;
    return true;
  }

  private static boolean differs(NodeLoad told, NodeLoad now) {
    return told.cores() != now.cores()
        || told.workers() != now.workers()
        || told.maxWorkers() != now.maxWorkers()
        || differs(told.busyCores(), now.busyCores(), CORES)
        || differs((double) told.bytesOutPerSecond(), (double) now.bytesOutPerSecond(), BYTES)
        || differs(told.viewers(), now.viewers(), VIEWERS);
  }

  /** By more than a tenth and by more than what counts; or to or from nothing. */
  private static boolean differs(double told, double now, double least) {
    double by = Math.abs(told - now);
    return (by > SHARE * Math.max(told, now) && by > least) || (by > 0 && (told == 0 || now == 0));
  }
}
