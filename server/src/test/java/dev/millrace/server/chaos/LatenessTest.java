package dev.millrace.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LatenessTest {
  private static final long SECOND = 1_000_000;

  private final Lateness lateness = new Lateness(0);

  @BeforeEach
  void playAtTheEndOfAWindowOfHalfAMinute() {
    lateness.listed(30 * SECOND);
    lateness.answered(SECOND);
    lateness.gotOn(0);
  }

  @Test
  void whoGotAnswersIsNotLate() {
    for (int second = 2; second < 60; second++) {
      lateness.answered(second * SECOND);
    }
    assertThat(lateness.isExcuse()).isFalse();
  }

  @Test
  void whoGotNoneForAWindowIsLate() {
    lateness.answered(41 * SECOND);
    assertThat(lateness.isExcuse()).isTrue();
  }

  @Test
  void whoGotNoneForAMomentIsNot() {
    lateness.answered(16 * SECOND);
    assertThat(lateness.isExcuse()).isFalse();
  }

  @Test
  void whoWasBehindBeforeIsLateSooner() {
    lateness.gotOn(14 * SECOND);
    lateness.answered(10 * SECOND);
    assertThat(lateness.isExcuse()).isTrue();
  }

  @Test
  void whatWasListedShortlyIsNoExcuse() {
    Lateness young = new Lateness(0);
    young.listed(2 * SECOND);
    young.gotOn(0);
    young.answered(5 * SECOND);
    assertThat(young.isExcuse()).isFalse();
  }

  @Test
  void whoGetsOnBeginsAnew() {
    lateness.answered(41 * SECOND);
    lateness.gotOn(0);
    assertThat(lateness.isExcuse()).isFalse();
  }
}
