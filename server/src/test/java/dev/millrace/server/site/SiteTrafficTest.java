package dev.millrace.server.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SiteTrafficTest {
  private static final long BITS_PER_SECOND = 8_000_000;
  private static final long BYTES_PER_SECOND = BITS_PER_SECOND / 8;
  private static final int PART = 125_000;

  private long nanos;
  private final SiteTraffic traffic = new SiteTraffic(BITS_PER_SECOND, () -> nanos);

  /** Asks for parts as fast as they come, for so long. */
  private long takeFor(long millis, int partBytes) {
    long taken = 0;
    for (long at = 0; at < millis; at += 10) {
      nanos += TimeUnit.MILLISECONDS.toNanos(10);
      while (traffic.begin(true)) {
        traffic.sent(partBytes);
        traffic.end();
        taken += partBytes;
      }
    }
    return taken;
  }

  @Test
  void siteTakesWhatItMayAndTwoSecondsOfItAtOnce() {
    long taken = takeFor(60_000, PART);
    assertThat(taken).isBetween(62 * BYTES_PER_SECOND, 62 * BYTES_PER_SECOND + PART);
    assertThat(traffic.count().bytes()).isEqualTo(taken);
    assertThat(traffic.count().refused()).isPositive();
    assertThat(traffic.count().open()).isZero();
  }

  @Test
  void debtIsPaidByTime() {
    assertThat(traffic.begin(true)).isTrue();
    traffic.sent(3_000_000); // two seconds of it may be taken at once
    traffic.end();
    assertThat(traffic.begin(true)).as("a second too much").isFalse();
    nanos += TimeUnit.MILLISECONDS.toNanos(900);
    assertThat(traffic.begin(true)).isFalse();
    nanos += TimeUnit.MILLISECONDS.toNanos(200);
    assertThat(traffic.begin(true)).isTrue();
    traffic.sent(100);
    traffic.end();
    assertThat(traffic.count()).isEqualTo(new SiteTraffic.Count(0, 2, 3_000_100, 2));
  }

  @Test
  void oneLargeFileIsPaidForBeforeTheNext() {
    takeFor(10_000, PART);
    assertThat(takeFor(12_000, (int) (4 * BYTES_PER_SECOND)))
        .as("a file of 4 s each 4 s")
        .isEqualTo(3 * 4 * BYTES_PER_SECOND);
  }

  @Test
  void whatIsBeingSentCountsForThoseWhoAskMeanwhile() {
    int begun = 0;
    while (traffic.begin(true)) {
      traffic.sent(PART); // its head has left, and nothing else
      begun++;
    }
    assertThat(begun).isEqualTo((int) (2 * BYTES_PER_SECOND / PART));
    assertThat(traffic.count().open()).isEqualTo(begun);
  }

  @Test
  void logsAndReportsGoOnWhereMediaHaveToWait() {
    takeFor(10_000, PART);
    assertThat(traffic.begin(true)).isFalse();
    assertThat(traffic.begin(false)).isTrue();
    nanos += TimeUnit.SECONDS.toNanos(1);
    traffic.sent(2 * BYTES_PER_SECOND);
    traffic.end();
    assertThat(traffic.begin(true)).as("what the log took is missing").isFalse();
    nanos += TimeUnit.SECONDS.toNanos(2);
    assertThat(traffic.begin(true)).isTrue();
  }

  @Test
  void withoutALimitTheirNumberIsBounded() {
    SiteTraffic free = new SiteTraffic(0, () -> nanos);
    for (int i = 0; i < SiteTraffic.MAX_OPEN; i++) {
      assertThat(free.begin(i % 2 == 0)).isTrue();
      free.sent(1 << 30);
    }
    assertThat(free.begin(true)).isFalse();
    assertThat(free.begin(false)).isFalse();
    free.end();
    assertThat(free.begin(true)).isTrue();
    assertThat(free.count().open()).isEqualTo(SiteTraffic.MAX_OPEN);
  }
}
