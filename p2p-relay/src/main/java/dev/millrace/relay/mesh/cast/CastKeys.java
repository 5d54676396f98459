package dev.millrace.relay.mesh.cast;

import dev.millrace.media.Bytes;
import dev.millrace.relay.mesh.SiteKey;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The keys under which datagrams of a site are sealed: one for each hour of UTC, whose id is the
 * hour's number modulo 2^16. Two are valid at a time: that of the hour, and the nearest other one,
 * so that clocks may differ by half an hour. Any thread.
 */
public final class CastKeys {
  private static final long HOUR_MS = TimeUnit.HOURS.toMillis(1);

  private final LongFunction<Bytes> secrets;
  private final LongSupplier clockMs;

  /** The two that are valid, newest last. */
  private volatile Pair pair;

  private record Pair(long hour, SiteKey key, long otherHour, SiteKey other) {}

  /**
   * Keys that follow from what the site's relays share.
   *
   * @param secrets 32 bytes for the hour of this number since 1970
   * @param clockMs wall time, ms since 1970
   */
  public CastKeys(LongFunction<Bytes> secrets, LongSupplier clockMs) {
    this.secrets = secrets;
    this.clockMs = clockMs;
    this.pair = derive(clockMs.getAsLong());
  }

  /** With which datagrams are sealed now. */
  public SiteKey now() {
    return valid().key();
  }

  /** The key of this id, if it is valid now. */
  public @Nullable SiteKey of(int id) {
    Pair now = valid();
    if (id == now.key().id()) {
      return now.key();
    }
    return id == now.other().id() ? now.other() : null;
  }

  private Pair valid() {
    long now = clockMs.getAsLong();
    Pair known = pair;
    long hour = Math.floorDiv(now, HOUR_MS);
    if (known.hour() == hour && known.otherHour() == nearest(now)) {
      return known;
    }
    Pair next = derive(now);
    pair = next;
    return next;
  }

  private Pair derive(long now) {
    long hour = Math.floorDiv(now, HOUR_MS);
    long other = nearest(now);
    return new Pair(hour, key(hour), other, key(other));
  }

  private static long nearest(long now) {
    long hour = Math.floorDiv(now, HOUR_MS);
    return Math.floorMod(now, HOUR_MS) < HOUR_MS / 2 ? hour - 1 : hour + 1;
  }

  private SiteKey key(long hour) {
    return new SiteKey((int) (hour & 0xFFFF), secrets.apply(hour));
  }
}
