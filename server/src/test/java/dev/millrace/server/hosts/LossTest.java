package dev.millrace.server.hosts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LossTest {
  private static final int FRAMES = 1_000_000;

  @ParameterizedTest
  @CsvSource({"0.01, 1", "0.02, 8", "0.5, 3", "0, 1"})
  void losesTheShareInBurstsOfTheLength(double share, double burst) {
    assertLost(new Loss(share, burst), share, burst);
  }

  @Test
  void losesEachFrameByItself() {
    assertLost(Loss.random(0.3), 0.3, 1 / 0.7);
  }

  @Test
  void endsABurstAtOnceWhereNothingIsLost() {
    assertThat(Loss.NONE.turn(true)).isEqualTo(1);
    assertThat(Loss.NONE.turn(false)).isZero();
  }

  @Test
  void refusesWhatIsNoLoss() {
    assertThatThrownBy(() -> new Loss(1, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Loss(0.1, 0.5)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Loss.random(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
  }

  private static void assertLost(Loss loss, double share, double burst) {
    Random random = new Random(2022);
    boolean losing = false;
    int lost = 0;
    int bursts = 0;
    for (int i = 0; i < FRAMES; i++) {
      boolean turned = random.nextDouble() < loss.turn(losing);
      losing ^= turned;
      lost += losing ? 1 : 0;
      bursts += turned && losing ? 1 : 0;
    }
    assertThat(lost / (double) FRAMES).isCloseTo(share, within(0.05 * share));
    assertThat(bursts == 0 ? 1 : lost / (double) bursts).isCloseTo(burst, within(0.05 * burst));
  }
}
