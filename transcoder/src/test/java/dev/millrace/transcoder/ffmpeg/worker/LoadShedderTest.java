package dev.millrace.transcoder.ffmpeg.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoadShedderTest {
  private static final int RUNGS = 3;
  private static final long QUARTER = 250_000_000L;

  private final LoadShedder shedder = new LoadShedder();
  private long now;

  /** Lets time pass with a lag that changes by so much each quarter of a second. */
  private int pass(double seconds, long lagUs, long changeUs, boolean spare) {
    int shed = shedder.shed();
    for (int i = 0; i < seconds * 4; i++) {
      now += QUARTER;
      shed = shedder.decide(now, RUNGS, Math.max(0, lagUs + i * changeUs), false, spare);
    }
    return shed;
  }

  @Test
  void aLagThatShrinksIsNoOverload() {
    assertThat(pass(10, 4_000_000, -50_000, false)).isZero();
  }

  @Test
  void oneRungGoesEachTwoSecondsWhileTheLagGrows() {
    assertThat(pass(1, 0, 400_000, false)).isZero();
    assertThat(pass(1.25, 1_500_000, 10_000, false)).isEqualTo(1);
    assertThat(pass(1.5, 1_700_000, 10_000, false)).isEqualTo(1);
    assertThat(pass(1, 2_000_000, 10_000, false)).isEqualTo(2);
    assertThat(pass(2.5, 2_500_000, 10_000, false)).isEqualTo(3);
    assertThat(pass(10, 3_000_000, 10_000, false)).isEqualTo(3);
  }

  @Test
  void lostInputShedsAtOnce() {
    assertThat(shedder.decide(now, RUNGS, 0, true, true)).isEqualTo(1);
  }

  @Test
  void nothingIsJudgedWhileAChangeIsUnderWay() {
    assertThat(pass(1, 1_500_000, 10_000, false)).isZero();
    assertThat(shedder.hold()).isZero();
    assertThat(pass(1, 1_900_000, 10_000, false)).as("a second anew").isZero();
    assertThat(pass(0.5, 2_000_000, 10_000, false)).isEqualTo(1);
    assertThat(pass(9, 0, 0, true)).isEqualTo(1);
    assertThat(shedder.hold()).isEqualTo(1);
    assertThat(pass(10, 0, 0, true)).as("ten seconds anew").isEqualTo(1);
    assertThat(pass(0.5, 0, 0, true)).isZero();
  }

  @Test
  void aRungComesBackAfterTenCalmSecondsWithRoom() {
    assertThat(shedder.decide(now, RUNGS, 0, true, true)).isEqualTo(1);
    assertThat(pass(59, 0, 0, false)).as("no room").isEqualTo(1);
    assertThat(pass(90, 300_000, 0, true)).as("not settled").isEqualTo(1);
    assertThat(pass(10, 0, 0, true)).isEqualTo(1);
    assertThat(pass(1, 0, 0, true)).isZero();
  }

  @Test
  void withoutRoomARungIsTriedAfterAMinuteOfCalm() {
    assertThat(shedder.decide(now, RUNGS, 0, true, true)).isEqualTo(1);
    assertThat(pass(60, 0, 0, false)).isEqualTo(1);
    assertThat(pass(1, 0, 0, false)).isZero();
    now += QUARTER;
    assertThat(shedder.decide(now, RUNGS, 0, true, true)).isEqualTo(1);
    assertThat(pass(119, 0, 0, false)).as("twice as long").isEqualTo(1);
    assertThat(pass(2, 0, 0, false)).isZero();
  }

  @Test
  void rungsComeBackOneByOne() {
    assertThat(pass(9, 2_000_000, 10_000, false)).isEqualTo(3);
    assertThat(pass(10.5, 0, 0, true)).isEqualTo(2);
    assertThat(pass(9, 0, 0, true)).isEqualTo(2);
    assertThat(pass(1.5, 0, 0, true)).isEqualTo(1);
  }

  @Test
  void whoFallsBackWaitsTwiceAsLong() {
    assertThat(shedder.decide(now, RUNGS, 0, true, true)).isEqualTo(1);
    assertThat(pass(11, 0, 0, true)).isZero();
    now += QUARTER;
    assertThat(shedder.decide(now, RUNGS, 0, true, true)).isEqualTo(1);
    assertThat(pass(19.5, 0, 0, true)).isEqualTo(1);
    assertThat(pass(1, 0, 0, true)).isZero();
    now += QUARTER;
    assertThat(shedder.decide(now, RUNGS, 0, true, true)).isEqualTo(1);
    assertThat(pass(39.5, 0, 0, true)).isEqualTo(1);
    assertThat(pass(1, 0, 0, true)).isZero();
  }

  @Test
  void longPeaceMakesTheWaitShortAgain() {
    shedder.decide(now, RUNGS, 0, true, true);
    pass(11, 0, 0, true);
    now += QUARTER;
    shedder.decide(now, RUNGS, 0, true, true);
    assertThat(pass(21, 0, 0, true)).isZero();
    assertThat(pass(310, 0, 0, true)).isZero();
    now += QUARTER;
    assertThat(shedder.decide(now, RUNGS, 0, true, true)).isEqualTo(1);
    assertThat(pass(11, 0, 0, true)).isZero();
  }

  @Test
  void rungsGoFromTheTopDownButTheOneForTheSourceLast() {
    assertThat(left(1, false)).containsExactly(1, 2);
    assertThat(left(2, false)).containsExactly(2);
    assertThat(left(1, true)).containsExactly(0, 2);
    assertThat(left(2, true)).containsExactly(0);
    assertThat(left(3, true)).isEmpty();
  }

  private static int[] left(int shed, boolean firstIsSource) {
    return IntStream.range(0, RUNGS)
        .filter(index -> !LoadShedder.isShed(index, RUNGS, shed, firstIsSource))
        .toArray();
  }
}
