package dev.millrace.transcoder.ffmpeg.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transcoder.ffmpeg.worker.AudioTimeline.Placing;
import org.junit.jupiter.api.Test;

class AudioTimelineTest {
  private static final int RATE = 48_000;

  private final AudioTimeline timeline = new AudioTimeline(RATE);

  private Placing place(long at) {
    return timeline.place(at, 1024, Math.max(0, at - at % 1024));
  }

  @Test
  void timesInMillisecondsChangeNothing() {
    for (int i = 0; i < 1_000; i++) {
      long at = Math.round(i * 1024 / 48.0) * 48;
      assertThat(place(at)).isEqualTo(new Placing(i == 0, 0, 0, 1024));
    }
    assertThat(timeline.next()).isEqualTo(1_024_000);
  }

  @Test
  void firstBlockBeginsInSilenceFromTheGrid() {
    assertThat(place(1_500)).isEqualTo(new Placing(true, 476, 0, 1024));
    assertThat(timeline.next()).isEqualTo(2_524);
  }

  @Test
  void whatComesBeforeTheTimelineIsCutOff() {
    assertThat(timeline.place(-1_000, 1024, 0)).isEqualTo(new Placing(true, 0, 1_000, 24));
    assertThat(timeline.next()).isEqualTo(24);
  }

  @Test
  void holesAreFilledWithSilence() {
    place(0);
    assertThat(place(1024 + 24_000)).isEqualTo(new Placing(false, 24_000, 0, 1024));
    assertThat(timeline.next()).isEqualTo(2_048 + 24_000);
  }

  @Test
  void soundBeginsAnewBehindALongHole() {
    place(0);
    assertThat(place(10 * RATE).anew()).isTrue();
    assertThat(timeline.next()).isEqualTo(10 * RATE + 1024);
  }

  @Test
  void overlapsAreCutOffUntilTimeGoesOn() {
    for (int i = 0; i < 20; i++) {
      place(i * 1024L);
    }
    assertThat(place(10 * 1024L)).isEqualTo(new Placing(false, 0, 1024, 0));
    assertThat(timeline.next()).isEqualTo(20 * 1024L);
    assertThat(place(20 * 1024L)).isEqualTo(new Placing(false, 0, 0, 1024));
  }

  @Test
  void aSlowClockIsFollowed() {
    long blocks = 20_000;
    for (int i = 0; i < blocks; i++) {
      Placing placing = place(Math.round(i * 1024 * 1.0002));
      assertThat(placing.silence() + placing.skip()).isZero();
      assertThat(placing.length()).isBetween(1020, 1028);
    }
    assertThat(timeline.next()).isCloseTo(Math.round(blocks * 1024 * 1.0002), within(1_500));
  }

  @Test
  void aFastClockIsFollowed() {
    long blocks = 20_000;
    for (int i = 0; i < blocks; i++) {
      place(Math.round(i * 1024 * 0.9998));
    }
    assertThat(timeline.next()).isCloseTo(Math.round(blocks * 1024 * 0.9998), within(1_500));
  }

  private static org.assertj.core.data.Offset<Long> within(long samples) {
    return org.assertj.core.data.Offset.offset(samples);
  }
}
