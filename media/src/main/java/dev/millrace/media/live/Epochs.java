package dev.millrace.media.live;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers sessions so that the newest one in the whole cluster has the greatest number, its epoch:
 * wall milliseconds since 1970 in the upper bits and a tag of the node in the lower ten, or, where
 * that is not greater than every epoch seen, the next number after those with the same tag. Two
 * nodes never give the same epoch unless their tags are equal, one pair in 1024. Any thread.
 *
 * <p>An epoch only orders sessions: it is no time, since it runs ahead where a clock went back. It
 * is below 2^53 until the year 2248, so that JavaScript and AMF0 can say it too.
 */
public final class Epochs {
  private static final int TAG_BITS = 10;

  /** What JavaScript's numbers hold exactly. */
  private static final long LIMIT = 1L << 53;

  private final InstantSource wall;
  private final int tag;
  private final AtomicLong newest = new AtomicLong();

  /**
   * @param nodeId unique in the cluster; any text
   */
  public Epochs(InstantSource wall, String nodeId) {
    this.wall = wall;
    // Fibonacci hashing: the upper bits of the product depend on all bits of the hash.
    this.tag = (nodeId.hashCode() * 0x9E37_79B9) >>> (Integer.SIZE - TAG_BITS);
  }

  /** The epoch of a session that begins now: greater than all given or seen before. */
  public long next() {
    long byWall = tagged(wall.millis());
    return newest.updateAndGet(seen -> byWall > seen ? byWall : after(seen));
  }

  /**
   * Another node has given this epoch. Numbers that no node can have given are passed over, since
   * one of them would be the newest for ever.
   */
  public void seen(long epoch) {
    if (epoch < LIMIT) {
      newest.accumulateAndGet(epoch, Math::max);
    }
  }

  private long after(long epoch) {
    long sameMillis = tagged(epoch >> TAG_BITS);
    return sameMillis > epoch ? sameMillis : tagged((epoch >> TAG_BITS) + 1);
  }

  private long tagged(long millis) {
    return (millis << TAG_BITS) | tag;
  }
}
