package dev.millrace.media.time;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampUnwrapperTest {
  @ParameterizedTest
  @ValueSource(longs = {1L << 24, 1L << 31, 1L << 32, 1L << 33, 3L << 32})
  void goesOnAcrossTheBorder(long border) {
    TimestampUnwrapper unwrapper = new TimestampUnwrapper();
    long at = 0;
    while (at < border - 1_000_000_000) {
      at += 1_000_000_000;
      unwrapper.unwrap((int) at);
    }
    for (long ms = border - 100; ms <= border + 100; ms += 20) {
      assertThat(unwrapper.unwrap((int) ms)).isEqualTo(ms);
    }
  }

  @Test
  void goesBackAcrossTheBorderAsWell() {
    TimestampUnwrapper unwrapper = new TimestampUnwrapper();
    unwrapper.unwrap(Integer.MAX_VALUE);
    assertThat(unwrapper.unwrap(-10)).isEqualTo((1L << 32) - 10);
    assertThat(unwrapper.unwrap(10)).isEqualTo((1L << 32) + 10);
    assertThat(unwrapper.unwrap(-20)).isEqualTo((1L << 32) - 20);
  }
}
