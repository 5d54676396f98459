package dev.millrace.server.site;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** What the relays of one site take from this edge, and how much they may. Any thread. */
public final class SiteTraffic {
  /** Logs and parts under way at once: ten relays with a hundred streams. */
  static final int MAX_OPEN = 2048;

  /** What may be taken at once after a pause. */
  private static final double BURST_SECONDS = 2;

  private final long bytesPerSecond;
  private final LongSupplier nanoTime;
  private final AtomicInteger open = new AtomicInteger();
  private final LongAdder requests = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private double allowance;
  private long since;

  /**
   * Counters since the start, and requests under way.
   *
   * @param refused for one limit or the other
   */
  public record Count(int open, long requests, long bytes, long refused) {}

  /**
   * @param bitsPerSecond 0: no limit
   */
  public SiteTraffic(long bitsPerSecond, LongSupplier nanoTime) {
    this.bytesPerSecond = bitsPerSecond / 8;
    this.nanoTime = nanoTime;
    this.allowance = bytesPerSecond * BURST_SECONDS;
    this.since = nanoTime.getAsLong();
  }

  /**
   * Whether one more request may begin; {@link #end} is to follow then.
   *
   * @param media whether it is for media. What else relays ask, streams are not found or followed
   *     without: only their number bounds it
   */
  public boolean begin(boolean media) {
    if (open.incrementAndGet() > MAX_OPEN || (media && !hasAllowance())) {
      open.decrementAndGet();
      refused.increment();
      return false;
    }
    requests.increment();
    return true;
  }

  /**
   * Something is sent to the site, whatever it is: media wait until it is paid for.
   *
   * @param more bytes; below 0 if fewer were sent than was said before
   */
  public void sent(long more) {
    bytes.add(more);
    synchronized (this) {
      allowance -= more;
    }
  }

  /** A request has been answered, or its connection is gone. */
  public void end() {
    open.decrementAndGet();
  }

  private synchronized boolean hasAllowance() {
    if (bytesPerSecond == 0) {
      return true;
    }
    long now = nanoTime.getAsLong();
    allowance =
        Math.min(
            bytesPerSecond * BURST_SECONDS,
            allowance + (now - since) * (double) bytesPerSecond / TimeUnit.SECONDS.toNanos(1));
    since = now;
    return allowance > 0;
  }

  /** The counters. */
  public Count count() {
    return new Count(open.get(), requests.sum(), bytes.sum(), refused.sum());
  }
}
