package dev.millrace.media.log.sign;

import static dev.millrace.media.log.sign.SignedScript.PATH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogScript;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a relay is told of a log, and when. */
class HeldRecordsTest {
  private static final long EPOCH = 1000;
  private static final Targets TARGETS = new Targets(2_000_000, 4, 500_000, 30_000_000);

  private final SignedScript writer = new SignedScript(new Random(4));
  private final LogVerifier verifier = LogVerifier.holding(PATH, SignedScript::vouched);

  private List<LogRecord> tell(List<LogRecord> records) {
    records.forEach(verifier::record);
    verifier.prove();
    return verifier.released();
  }

  private void window(List<LogRecord> records) {
    verifier.record(writer.card());
    tell(records);
    verifier.windowComplete();
  }

  @Test
  void windowIsGivenWholeAndOnlyWhenItIsProven() {
    List<LogRecord> log = LogScript.open(EPOCH, TARGETS).video().audio().segments(3).records();
    window(log);
    assertThat(verifier.released()).as("no block yet").isEmpty();
    assertThat(verifier.windowReleased()).isFalse();
    assertThat(tell(writer.blocks(log, EPOCH))).isEqualTo(log);
    assertThat(verifier.windowReleased()).isTrue();
    assertThat(verifier.windowReleased()).as("told once").isFalse();
  }

  @Test
  void renditionWaitsForItsOwnBlocksOnly() {
    LogScript script = LogScript.open(EPOCH, TARGETS).video().audio().segments(2);
    List<LogRecord> past = script.records();
    int before = past.size();
    window(past);
    tell(writer.blocks(past, EPOCH));
    assertThat(verifier.windowReleased()).isTrue();
    List<LogRecord> all = script.segments(1).records();
    List<LogRecord> fresh = all.subList(before, all.size());
    List<LogRecord> audio = of(fresh, "audio");
    assertThat(tell(fresh)).isEmpty();
    assertThat(tell(writer.blocks(audio, EPOCH))).isEqualTo(audio);
    List<LogRecord> video = of(fresh, "video");
    assertThat(tell(writer.blocks(video, EPOCH))).isEqualTo(video);
  }

  private static List<LogRecord> of(List<LogRecord> records, String rendition) {
    return records.stream()
        .filter(
            record ->
                record instanceof LogRecord.Appended(String name, var entry)
                    && name.equals(rendition))
        .toList();
  }

  /** An edge that joins two logs closes the open segment itself. */
  @Test
  void unsignedEndMarkerGoesWithTheProvenEntryOfTheNextSegment() {
    LogScript script = LogScript.open(EPOCH, TARGETS).video().segments(2).part(500_000);
    List<LogRecord> signed = new ArrayList<>(script.records());
    window(signed);
    tell(writer.blocks(signed, EPOCH));
    assertThat(verifier.windowReleased()).isTrue();
    int marker = signed.size();
    List<LogRecord> all =
        script.endMarker().discontinuity(EPOCH + 5, 1_000_000).segments(1).records();
    assertThat(
            all.get(marker) instanceof LogRecord.Appended(String r, PartEntry e) && e.isEndMarker())
        .isTrue();
    assertThat(tell(all.subList(marker, marker + 1))).isEmpty();
    List<LogRecord> next = all.subList(marker + 1, all.size());
    assertThat(tell(next)).as("nothing of it is proven").isEmpty();
    assertThat(tell(writer.blocks(next, EPOCH + 5))).isEqualTo(all.subList(marker, all.size()));
    assertThatCode(
            () -> {
              for (int i = 0; i < 20; i++) {
                verifier.tick();
              }
            })
        .as("nobody is blamed for the marker")
        .doesNotThrowAnyException();
  }

  @Test
  void newBeginningMakesVoidWhatWaits() {
    List<LogRecord> log = LogScript.open(EPOCH, TARGETS).video().segments(2).records();
    window(log);
    List<LogRecord> later = LogScript.open(EPOCH + 9, TARGETS).video().segments(1).records();
    tell(later);
    assertThat(tell(writer.blocks(later, EPOCH + 9))).as("it is behind the window").isEmpty();
    assertThat(verifier.windowReleased()).isTrue();
    assertThat(verifier.released()).isEqualTo(later);
  }
}
