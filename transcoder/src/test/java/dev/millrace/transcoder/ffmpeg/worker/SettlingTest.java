package dev.millrace.transcoder.ffmpeg.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SettlingTest {
  private static final List<String> FIRST = List.of("720p", "480p");
  private static final List<String> OTHERS = List.of("480p");

  private final Settling settling = new Settling();

  @Test
  void lastsUntilSomeTimeAfterTheFirstFrame() {
    assertThat(settling.look(-90_000_000_000L, FIRST, false)).as("nothing encoded").isTrue();
    assertThat(settling.look(0, FIRST, true)).isTrue();
    assertThat(settling.look(Settling.NANOS - 1, FIRST, true)).isTrue();
    assertThat(settling.look(Settling.NANOS, FIRST, true)).isFalse();
    assertThat(settling.look(9 * Settling.NANOS, FIRST, true)).isFalse();
  }

  @Test
  void otherEncodersSettleAnew() {
    settling.look(0, FIRST, true);
    assertThat(settling.look(Settling.NANOS, FIRST, true)).isFalse();
    assertThat(settling.look(Settling.NANOS + 1, OTHERS, false)).isTrue();
    assertThat(settling.look(2 * Settling.NANOS, OTHERS, true)).isTrue();
    assertThat(settling.look(3 * Settling.NANOS, OTHERS, true)).isFalse();
  }
}
