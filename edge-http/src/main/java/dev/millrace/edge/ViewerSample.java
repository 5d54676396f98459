package dev.millrace.edge;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.PrimitiveIterator;
import java.util.TreeSet;
import java.util.stream.LongStream;

/**
 * Who watches a stream, so that what several edges say can be put together without counting anybody
 * twice: the smallest {@value #MAX} of the viewers' hashes ({@link ViewerIdentity}). Exact as long
 * as no sample is full; beyond that the count is estimated from how dense the smallest hashes lie
 * (k minimum values, Bar-Yossef et al. 2002; standard error 2 %). Immutable.
 */
public final class ViewerSample {
  /** At most so many hashes: 16 KiB. */
  static final int MAX = 2048;

  /** Nobody. */
  static final ViewerSample EMPTY = new ViewerSample(new long[0]);

  /** Ascending as unsigned numbers, none twice. */
  private final long[] smallest;

  private ViewerSample(long[] smallest) {
    this.smallest = smallest;
  }

  /** Of all hashes, in any order. */
  static ViewerSample of(LongStream hashes) {
    TreeSet<Long> kept = new TreeSet<>(Long::compareUnsigned);
    for (PrimitiveIterator.OfLong each = hashes.iterator(); each.hasNext(); ) {
      kept.add(each.nextLong());
      if (kept.size() > MAX) {
        kept.pollLast();
      }
    }
    return new ViewerSample(kept.stream().mapToLong(Long::longValue).toArray());
  }

  /** Of the viewers of either. */
  public ViewerSample union(ViewerSample other) {
    return of(LongStream.concat(Arrays.stream(smallest), Arrays.stream(other.smallest)));
  }

  /** How many different viewers there are. */
  public int count() {
    if (smallest.length < MAX) {
      return smallest.length;
    }
    double largest = (smallest[MAX - 1] >>> 1) / 0x1p63;
    return (int) Math.min(Integer.MAX_VALUE, Math.round((MAX - 1) / largest));
  }

  /** As text. */
  String encode() {
    ByteBuffer bytes = ByteBuffer.allocate(smallest.length * Long.BYTES);
    bytes.asLongBuffer().put(smallest);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  /**
   * Reads {@link #encode}'s text.
   *
   * @throws IllegalArgumentException if it is none
   */
  static ViewerSample decode(String text) {
    byte[] bytes = Base64.getDecoder().decode(text);
    if (bytes.length % Long.BYTES != 0 || bytes.length > MAX * Long.BYTES) {
      throw new IllegalArgumentException("a sample of viewers of " + bytes.length + " bytes");
    }
    LongBuffer longs = ByteBuffer.wrap(bytes).asLongBuffer();
    return of(LongStream.generate(longs::get).limit(longs.remaining()));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ViewerSample sample && Arrays.equals(smallest, sample.smallest);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(smallest);
  }

  @Override
  public String toString() {
    return count() + " viewers";
  }
}
