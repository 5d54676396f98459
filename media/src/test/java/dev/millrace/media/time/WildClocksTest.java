package dev.millrace.media.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Frame.MediaType;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds whatever a publisher's clock does: seeded random publishers, ten minutes each. */
class WildClocksTest {
  private static final int TEN_MINUTES_MS = 600_000;
  private static final int VIDEO_STEP_MS = 40;
  private static final int AUDIO_STEP_MS = 20;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void losesNoTimeHoweverTheClockJumps(int seed) {
    Random random = new Random(seed);
    SessionTimeline timeline = new SessionTimeline();
    long base = random.nextInt();
    long arrivalNanos = random.nextInt(1_000_000) * 1_000_000L;
    long video = 0;
    long audio = 0;
    long settledUntilMs = 0;
    int breaks = 0;
    for (int ms = 0; ms < TEN_MINUTES_MS; ms += AUDIO_STEP_MS) {
      arrivalNanos += AUDIO_STEP_MS * 1_000_000L;
      if (random.nextInt(500) == 0) {
        base += random.nextLong(-2_000_000_000, 2_000_000_000);
        settledUntilMs = ms + 100L;
      }
      boolean stray = random.nextInt(200) == 0;
      int strayMs = stray ? random.nextInt() : 0;
      if (ms % VIDEO_STEP_MS == 0) {
        long next = timeline.stamp(MediaType.VIDEO, (int) (base + ms + strayMs), 0, arrivalNanos);
        assertThat(next).isBetween(video, video + 1_100_000);
        video = next;
      }
      long next = timeline.stamp(MediaType.AUDIO, (int) (base + ms), 0, arrivalNanos);
      assertThat(next).isBetween(audio, audio + 1_100_000);
      audio = next;
      if (ms > settledUntilMs && !stray && ms % VIDEO_STEP_MS == 0) {
        assertThat(audio).as("in step at %d ms", ms).isEqualTo(video);
      }
      breaks += timeline.takeBreak().isPresent() ? 1 : 0;
    }
    assertThat(audio).isBetween(595_000_000L, 605_000_000L);
    assertThat(breaks).isLessThan(8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void neverGoesBackHoweverWildTheClockIs(int seed) {
    Random random = new Random(seed);
    SessionTimeline timeline = new SessionTimeline();
    Map<MediaType, Long> last = new EnumMap<>(MediaType.class);
    long arrivalNanos = 0;
    for (int i = 0; i < 50_000; i++) {
      arrivalNanos += random.nextInt(50_000_000);
      MediaType type = random.nextBoolean() ? MediaType.VIDEO : MediaType.AUDIO;
      long us = timeline.stamp(type, random.nextInt(), random.nextInt(1_000_000), arrivalNanos);
      long before = last.getOrDefault(type, 0L);
      assertThat(us).isBetween(before, before + 60_000_000);
      last.put(type, us);
      timeline.takeBreak();
    }
    assertThat(last.getOrDefault(MediaType.VIDEO, 0L) - last.getOrDefault(MediaType.AUDIO, 0L))
        .isBetween(-60_000_000L, 60_000_000L);
  }
}
