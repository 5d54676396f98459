package dev.millrace.media.live;

import java.util.Arrays;

/**
 * Bits a second over a sliding window of five seconds, in buckets of half a second. Guarded by its
 * stream's lock.
 */
final class RateMeter {
  private static final long BUCKET_NANOS = 500_000_000;
  private static final int BUCKETS = 10;

  private final long[] bytes = new long[BUCKETS];
  private long firstBucket = Long.MIN_VALUE;
  private long lastBucket = Long.MIN_VALUE;

  void add(long nanos, long count) {
    advance(nanos);
    bytes[slot(lastBucket)] += count;
  }

  /**
   * Measured up to now; over the time since the first byte where that is shorter than the window.
   */
  long bitsPerSecond(long nanos) {
    if (firstBucket == Long.MIN_VALUE) {
      return 0;
    }
    advance(nanos);
    long buckets = Math.min(BUCKETS, lastBucket - firstBucket + 1);
    long begun = Math.floorMod(nanos, BUCKET_NANOS);
    long spanNanos = Math.max(BUCKET_NANOS, (buckets - 1) * BUCKET_NANOS + begun);
    return Math.round(Arrays.stream(bytes).sum() * 8e9 / spanNanos);
  }

  void clear() {
    Arrays.fill(bytes, 0);
    firstBucket = Long.MIN_VALUE;
    lastBucket = Long.MIN_VALUE;
  }

  /** Empties the buckets between the last one used and that of {@code nanos}. */
  private void advance(long nanos) {
    long bucket = Math.floorDiv(nanos, BUCKET_NANOS);
    if (firstBucket == Long.MIN_VALUE) {
      firstBucket = bucket;
      lastBucket = bucket;
      return;
    }
    if (bucket - lastBucket >= BUCKETS) {
      Arrays.fill(bytes, 0);
      lastBucket = bucket;
    }
    while (lastBucket < bucket) {
      lastBucket++;
      bytes[slot(lastBucket)] = 0;
    }
  }

  private static int slot(long bucket) {
    return Math.floorMod(bucket, BUCKETS);
  }
}
