package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ViewerSampleTest {
  @Test
  void countsViewersOfSeveralEdgesOnce() {
    ViewerSample first = ViewerSample.of(LongStream.of(1, -2, 3));
    ViewerSample second = ViewerSample.of(LongStream.of(3, 4, -2));
    assertThat(first.union(second).count()).isEqualTo(4);
    assertThat(first.union(ViewerSample.EMPTY)).isEqualTo(first);
  }

  @Test
  void readsWhatItWrites() {
    ViewerSample sample = ViewerSample.of(new Random(1).longs(100));
    assertThat(ViewerSample.decode(sample.encode())).isEqualTo(sample);
    assertThat(ViewerSample.decode("").count()).isZero();
    assertThatThrownBy(() -> ViewerSample.decode("AAAA"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void estimatesCrowdsWithinAFewPercent() {
    long[] all = new Random(7).longs(100_000).toArray();
    // Half of the second edge's viewers are the first one's, too.
    ViewerSample first = ViewerSample.of(LongStream.of(all).limit(60_000));
    ViewerSample second = ViewerSample.of(LongStream.of(all).skip(20_000));
    assertThat(first.count()).isCloseTo(60_000, within(60_000 * 8 / 100));
    assertThat(first.union(second).count()).isCloseTo(100_000, within(100_000 * 8 / 100));
  }
}
