package dev.millrace.transcoder.packager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.StreamPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequenceNumbersTest {
  private static final StreamPath PATH = StreamPath.parse("live/a");
  private static final StreamPath OTHER = StreamPath.parse("live/b");
  private static final long SEGMENT_US = 2_000_000;

  @TempDir Path folder;
  private long second = 1_763_719_200L;
  private final InstantSource wall = () -> Instant.ofEpochSecond(second);

  @Test
  void beginsAtWallTime() {
    assertThat(new SequenceNumbers(folder, wall).first(PATH, SEGMENT_US)).isEqualTo(881_859_600L);
    assertThat(folder.resolve(SequenceNumbers.FILE)).doesNotExist();
  }

  @Test
  void isAboveWhatWasUsedInThisRun() {
    SequenceNumbers numbers = new SequenceNumbers(folder, wall);
    long first = numbers.first(PATH, SEGMENT_US);
    assertThat(numbers.first(PATH, SEGMENT_US)).isEqualTo(first + 1);
    assertThat(numbers.first(OTHER, SEGMENT_US)).isEqualTo(first);
  }

  @Test
  void isAboveWhatWasUsedBeforeARestartThatRanAheadOfWallTime() throws IOException {
    SequenceNumbers numbers = new SequenceNumbers(folder, wall);
    long first = numbers.first(PATH, SEGMENT_US);
    for (long msn = first; msn <= first + 100; msn++) {
      numbers.reached(PATH, msn, SEGMENT_US);
    }
    second += 10;
    SequenceNumbers restarted = new SequenceNumbers(folder, wall);
    assertThat(restarted.first(PATH, SEGMENT_US)).isGreaterThan(first + 100);
    assertThat(restarted.first(OTHER, SEGMENT_US)).isEqualTo(first + 5);
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void survivesAClockThatWasSetBack() {
    SequenceNumbers numbers = new SequenceNumbers(folder, wall);
    long first = numbers.first(PATH, SEGMENT_US);
    second -= 3_600;
    numbers.reached(PATH, first + 1, SEGMENT_US);
    assertThat(new SequenceNumbers(folder, wall).first(PATH, SEGMENT_US)).isGreaterThan(first + 1);
  }

  @Test
  void writesRarely() throws IOException {
    SequenceNumbers numbers = new SequenceNumbers(folder, wall);
    long first = numbers.first(PATH, SEGMENT_US);
    numbers.reached(PATH, first + 1, SEGMENT_US);
    Path file = folder.resolve(SequenceNumbers.FILE);
    Files.delete(file);
    for (long msn = first + 2; msn < first + 60; msn++) {
      numbers.reached(PATH, msn, SEGMENT_US);
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void forgetsWhatWallTimeHasPassed() throws IOException {
    SequenceNumbers numbers = new SequenceNumbers(folder, wall);
    numbers.reached(PATH, numbers.first(PATH, SEGMENT_US) + 1, SEGMENT_US);
    second += 10_000;
    numbers.reached(OTHER, numbers.first(OTHER, SEGMENT_US) + 1, SEGMENT_US);
    assertThat(Files.readString(folder.resolve(SequenceNumbers.FILE)))
        .contains("live/b ")
        .doesNotContain("live/a ");
  }

  @Test
  void passesOverADamagedFile() throws IOException {
    Files.writeString(folder.resolve(SequenceNumbers.FILE), "live/a 12\n\u0000garbage\n");
    assertThat(new SequenceNumbers(folder, wall).first(PATH, SEGMENT_US)).isEqualTo(881_859_600L);
  }
}
