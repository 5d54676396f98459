package dev.millrace.media.time;

import static dev.millrace.media.Frame.MediaType.AUDIO;
import static dev.millrace.media.Frame.MediaType.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Frame.MediaType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTimelineTest {
  private static final long HOUR_MS = 3_600_000;

  private final SessionTimeline timeline = new SessionTimeline();
  private final List<String> breaks = new ArrayList<>();
  private long nowMs = 1_000_000;

  @Test
  void beginsAtZeroAndKeepsAudioAndVideoTogether() {
    assertThat(stamp(VIDEO, 5000)).isZero();
    assertThat(stamp(AUDIO, 5013)).isEqualTo(13_000);
    assertThat(arriving(40, VIDEO, 5040)).isEqualTo(40_000);
    assertThat(stamp(AUDIO, 5036)).isEqualTo(36_000);
    assertThat(breaks).isEmpty();
  }

  @Test
  void addsNanoseconds() {
    stamp(VIDEO, 0);
    assertThat(timeline.stamp(VIDEO, 16, 666_667, nowMs * 1_000_000)).isEqualTo(16_666);
  }

  @ParameterizedTest
  @ValueSource(longs = {1L << 24, 1L << 31, 1L << 32})
  void goesOnAcrossTheBordersOfTheClock(long border) {
    long startMs = border - 1000;
    for (int i = 0; i < 50; i++) {
      long at = i * 40L;
      assertThat(arriving(40, VIDEO, startMs + at)).isEqualTo(at * 1000);
      assertThat(stamp(AUDIO, startMs + at + 7)).isEqualTo((at + 7) * 1000);
    }
    assertThat(breaks).isEmpty();
  }

  @Test
  void goesOnWhereAnEncoderCutsItsClockTo24Bits() {
    long startMs = (1 << 24) - 1000;
    long last = 0;
    for (int i = 0; i < 100; i++) {
      last = arriving(40, VIDEO, (startMs + i * 40L) & 0xFFFFFF);
      assertThat(stamp(AUDIO, (startMs + i * 40L) & 0xFFFFFF)).isEqualTo(last);
    }
    assertThat(last).isEqualTo(99 * 40_000);
    assertThat(breaks).isEmpty();
  }

  @Test
  void laysASecondTrackOfAnotherClockWhereItArrives() {
    stamp(VIDEO, 0);
    arriving(40, VIDEO, 40);
    assertThat(arriving(10, AUDIO, 7 * HOUR_MS)).isEqualTo(50_000);
    assertThat(arriving(21, AUDIO, 7 * HOUR_MS + 21)).isEqualTo(71_000);
    assertThat(stamp(VIDEO, 80)).isEqualTo(80_000);
    assertThat(breaks).isEmpty();
  }

  @Test
  void trustsTheClockWhereASecondTrackComesLate() {
    stamp(AUDIO, 1000);
    for (int ms = 20; ms <= 4000; ms += 20) {
      arriving(20, AUDIO, 1000 + ms);
    }
    assertThat(stamp(VIDEO, 4500)).isEqualTo(3_500_000);
  }

  @Test
  void neverGoesBelowZeroWhereTheSecondTrackBeginsEarlier() {
    stamp(VIDEO, 100);
    assertThat(stamp(AUDIO, 77)).isZero();
    assertThat(stamp(AUDIO, 98)).isZero();
    assertThat(stamp(AUDIO, 119)).isEqualTo(19_000);
  }

  @Test
  void clampsSmallStepsBack() {
    stamp(VIDEO, 0);
    arriving(40, VIDEO, 40);
    assertThat(arriving(40, VIDEO, 10)).isEqualTo(40_000);
    assertThat(arriving(40, VIDEO, 120)).isEqualTo(120_000);
  }

  @ParameterizedTest
  @ValueSource(longs = {HOUR_MS, -HOUR_MS, 1500, -400, 20L * 24 * HOUR_MS, -20L * 24 * HOUR_MS})
  void goesOnWithoutAHoleWhenTheClockJumpsAndKeepsAudioAndVideoTogether(long jumpMs) {
    play(100_000_000, 0, 4000);
    for (int ms = 4000; ms < 8000; ms += 20) {
      long video = arriving(20, VIDEO, 100_000_000 + ms + jumpMs);
      long audio = stamp(AUDIO, 100_000_000 + ms + jumpMs);
      assertThat(video).isEqualTo(ms * 1000L);
      assertThat(audio).isEqualTo(ms * 1000L);
    }
    assertThat(breaks).isEmpty();
  }

  @Test
  void adoptsTheVeryOffsetOfTheOtherTrackThatHasJumped() {
    play(0, 0, 2000);
    arriving(40, VIDEO, HOUR_MS);
    arriving(40, VIDEO, HOUR_MS + 40);
    long video = arriving(40, VIDEO, HOUR_MS + 80);
    assertThat(stamp(AUDIO, HOUR_MS + 87)).isEqualTo(video + 7_000);
  }

  @Test
  void putsAStrayFrameBehindItsPredecessorAndLeavesTheTimelineAlone() {
    play(0, 0, 2000);
    assertThat(stamp(VIDEO, 2000)).isEqualTo(2_000_000);
    assertThat(arriving(20, VIDEO, 2000 + 5 * HOUR_MS)).isEqualTo(2_020_000);
    assertThat(arriving(20, VIDEO, 2040)).isEqualTo(2_040_000);
    assertThat(stamp(AUDIO, 2000)).isEqualTo(2_000_000);
    assertThat(stamp(AUDIO, 2020 - 5 * HOUR_MS)).isEqualTo(2_020_000);
    assertThat(stamp(AUDIO, 2040)).isEqualTo(2_040_000);
    assertThat(breaks).isEmpty();
  }

  @Test
  void goesOnWithoutAHoleAfterSilenceAndTellsItOnce() {
    play(0, 0, 2000);
    nowMs += 10_000;
    assertThat(stamp(VIDEO, 12_000)).isEqualTo(2_000_000);
    assertThat(breaks).containsExactly("the publisher was silent: media time is off by -9.980 s");
    assertThat(stamp(AUDIO, 12_005)).isEqualTo(2_005_000);
    play(0, 12_020, 20_000);
    assertThat(stamp(VIDEO, 20_000)).isEqualTo(10_000_000);
    assertThat(breaks).hasSize(1);
  }

  @Test
  void leavesNoHoleWhereOneTrackIsSilentAndTheOtherGoesOn() {
    play(0, 0, 1000);
    for (int ms = 1000; ms < 61_000; ms += 20) {
      arriving(20, AUDIO, ms);
    }
    assertThat(stamp(VIDEO, 61_000)).isEqualTo(61_000_000);
    assertThat(breaks).isEmpty();
  }

  @Test
  void tellsOnceWhenThePublishersClockStandsStill() {
    play(0, 0, 4000);
    nowMs += 5000;
    play(0, 4000, 12_000);
    assertThat(breaks).hasSize(1);
    assertThat(breaks.getFirst()).contains("have parted").contains("-5.0");
  }

  @Test
  void tellsNothingWhenTheNetworkStallsAndCatchesUp() {
    play(0, 0, 4000);
    nowMs += 4000;
    for (int ms = 4000; ms < 8000; ms += 20) {
      stamp(VIDEO, ms);
      stamp(AUDIO, ms);
    }
    play(0, 8000, 16_000);
    assertThat(breaks).isEmpty();
  }

  @Test
  void tellsOnceWhenThePublisherBeginsWithABurst() {
    for (int ms = 0; ms < 10_000; ms += 20) {
      stamp(VIDEO, ms);
      stamp(AUDIO, ms);
    }
    play(0, 10_000, 40_000);
    assertThat(breaks).hasSize(1);
    assertThat(breaks.getFirst()).contains("+9.9");
  }

  @Test
  void bringsATrackHomeThatHadAHiccup() {
    play(0, 0, 2000);
    for (int ms = 2000; ms < 4000; ms += 20) {
      arriving(20, VIDEO, ms - 300);
      stamp(AUDIO, ms);
    }
    for (int ms = 4000; ms < 6000; ms += 20) {
      assertThat(arriving(20, VIDEO, ms)).isEqualTo(ms * 1000L);
      assertThat(stamp(AUDIO, ms)).isEqualTo(ms * 1000L);
    }
    assertThat(breaks).isEmpty();
  }

  /** Both tracks every 20 ms, in real time. */
  private void play(long baseMs, long fromMs, long toMs) {
    for (long ms = fromMs; ms < toMs; ms += 20) {
      arriving(20, VIDEO, baseMs + ms);
      stamp(AUDIO, baseMs + ms);
    }
  }

  private long arriving(long afterMs, MediaType type, long timestampMs) {
    nowMs += afterMs;
    return stamp(type, timestampMs);
  }

  private long stamp(MediaType type, long timestampMs) {
    long us = timeline.stamp(type, (int) timestampMs, 0, nowMs * 1_000_000);
    timeline.takeBreak().ifPresent(breaks::add);
    return us;
  }
}
