package dev.millrace.media.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EpochsTest {
  private final Hub.Wall wall = new Hub.Wall();

  @Test
  void areTheWallClockWithATagOfTheNode() {
    long epoch = new Epochs(wall, "0a1b2c3d4e").next();
    assertThat(epoch >> 10).isEqualTo(wall.millis());
  }

  @Test
  void growWithinAMillisecondAndWhenTheClockGoesBack() {
    Epochs epochs = new Epochs(wall, "a");
    long first = epochs.next();
    long second = epochs.next();
    wall.advance(Duration.ofHours(-5));
    long third = epochs.next();
    wall.advance(Duration.ofHours(10));

    assertThat(second).isGreaterThan(first);
    assertThat(third).isGreaterThan(second);
    assertThat(epochs.next() >> 10).isEqualTo(wall.millis());
  }

  @Test
  void areGreaterThanWhatWasSeenOfOthers() {
    Epochs here = new Epochs(wall, "a");
    wall.advance(Duration.ofSeconds(4));
    long there = new Epochs(wall, "b").next();
    wall.advance(Duration.ofSeconds(-4));
    here.seen(there);
    here.seen(there - 5000);
    assertThat(here.next()).isGreaterThan(there).isLessThan(there + 2048);
  }

  @Test
  void passOverWhatNoNodeCanHaveGiven() {
    Epochs epochs = new Epochs(wall, "a");
    epochs.seen(Long.MAX_VALUE);
    epochs.seen(1L << 53);
    assertThat(epochs.next() >> 10).isEqualTo(wall.millis());
  }

  @Test
  void neverMeetThoseOfAnotherNode() {
    SplittableRandom random = new SplittableRandom(7);
    Epochs left = new Epochs(wall, "left");
    Epochs right = new Epochs(wall, "right");
    long newest = 0;
    for (int i = 0; i < 10_000; i++) {
      wall.advance(Duration.ofMillis(random.nextInt(-3, 4)));
      Epochs each = random.nextBoolean() ? left : right;
      each.seen(newest);
      long next = each.next();
      assertThat(next).isGreaterThan(newest);
      newest = next;
      if (random.nextInt(4) == 0) {
        assertThat(left.next()).isNotEqualTo(right.next());
        newest = Math.max(left.next(), right.next());
      }
    }
  }

  @Test
  void canBeSaidInJavaScriptForTwoCenturies() {
    wall.advance(Duration.between(wall.instant(), Instant.parse("2240-01-01T00:00:00Z")));
    assertThat(new Epochs(wall, "a").next()).isLessThan(1L << 53);
  }
}
