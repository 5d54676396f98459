package dev.millrace.relay.iptv;

import java.util.HashMap;
import java.util.Map;

/**
 * How much of a channel is sent once more: to one receiver 5 % of its rate, to all 20 %, so that
 * the network's trouble does not become the sender's. Any thread; the monitor guards it.
 */
final class RepairBudget {
  private static final double CLIENT_SHARE = 0.05;
  private static final double ALL_SHARE = 0.20;

  /** What may be asked for at once, in seconds of the share. */
  private static final double BURST_SECONDS = 10;

  private static final int MAX_CLIENTS = 10_000;
  private static final String ALL = "";

  private final Map<String, Bucket> buckets = new HashMap<>();

  private static final class Bucket {
    double bytes;
    long at;

    Bucket(double bytes, long at) {
      this.bytes = bytes;
      this.at = at;
    }
  }

  /**
   * Takes from the budget of a receiver and of all.
   *
   * @param client whose; not empty
   * @return false if there is not so much left; nothing is taken then
   */
  synchronized boolean take(String client, int bytes, long rateBps, long nowNanos) {
    double bytesPerSecond = rateBps / 8.0;
    if (buckets.size() >= MAX_CLIENTS) {
      buckets.clear();
    }
    Bucket own = filled(client, bytesPerSecond * CLIENT_SHARE, nowNanos);
    Bucket all = filled(ALL, bytesPerSecond * ALL_SHARE, nowNanos);
    if (own.bytes < bytes || all.bytes < bytes) {
      return false;
    }
    own.bytes -= bytes;
    all.bytes -= bytes;
    return true;
  }

  private Bucket filled(String whose, double bytesPerSecond, long nowNanos) {
    double full = bytesPerSecond * BURST_SECONDS;
    Bucket bucket = buckets.computeIfAbsent(whose, ignored -> new Bucket(full, nowNanos));
    double since = (nowNanos - bucket.at) / 1e9;
    bucket.bytes = Math.min(full, bucket.bytes + since * bytesPerSecond);
    bucket.at = nowNanos;
    return bucket;
  }
}
