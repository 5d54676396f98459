package dev.millrace.transcoder.packager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.StreamPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiscontinuityNumbersTest {
  private static final StreamPath PATH = StreamPath.parse("live/main");
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

  @TempDir Path folder;

  @Test
  void beginSmallBecausePlayersIndexArraysByThem() {
    assertThat(at(NOON).firstDiscontinuity(PATH)).isEqualTo(36);
    assertThat(at(Instant.parse("2046-01-01T00:00:00Z")).firstDiscontinuity(PATH))
        .isLessThan(200_000);
    assertThat(at(Instant.EPOCH).firstDiscontinuity(PATH)).isZero();
  }

  @Test
  void goOnAfterTheLastOneAlsoOverARestart() {
    SequenceNumbers before = at(NOON);
    before.discontinuityReached(PATH, 36);
    before.discontinuityReached(PATH, 40);
    before.discontinuityReached(PATH, 39);
    assertThat(before.firstDiscontinuity(PATH)).isEqualTo(41);
    assertThat(at(NOON.plus(Duration.ofMinutes(1))).firstDiscontinuity(PATH)).isEqualTo(41);
    assertThat(at(NOON.minus(Duration.ofHours(30))).firstDiscontinuity(PATH)).isEqualTo(41);
  }

  @Test
  void areForgottenOnceWallTimeHasPassedThem() throws Exception {
    at(NOON).discontinuityReached(PATH, 37);
    SequenceNumbers later = at(NOON.plus(Duration.ofDays(1)));
    later.discontinuityReached(StreamPath.parse("live/other"), 60);
    assertThat(Files.readString(folder.resolve(SequenceNumbers.DISCONTINUITY_FILE)))
        .contains("live/other 60")
        .doesNotContain("live/main");
    assertThat(later.firstDiscontinuity(PATH)).isEqualTo(60);
  }

  private SequenceNumbers at(Instant now) {
    return new SequenceNumbers(folder, InstantSource.fixed(now));
  }
}
