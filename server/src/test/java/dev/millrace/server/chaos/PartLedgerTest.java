package dev.millrace.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartEntry;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PartLedgerTest {
  private static final StreamPath PATH = new StreamPath("live", "a");
  private static final Bytes ONE = Bytes.of(1);
  private static final Bytes TWO = Bytes.of(2);

  private final PartLedger ledger = new PartLedger();

  @Test
  void acceptsWhatWasWritten() {
    ledger.written("n1", PATH, "video", part(7, 0, ONE));
    ledger.written("n2", PATH, "video", part(7, 0, ONE));
    PartLedger.Verdict verdict =
        ledger.check(
            Map.of(
                "live/a/video/5-7.0.m4s", hash(ONE),
                "live/a/video/5-6.m4s", hash(TWO),
                "live/a/video/init-0011223344556677.mp4", hash(TWO)));
    assertThat(verdict.faults()).isEmpty();
    assertThat(verdict.written()).isEqualTo(1);
    assertThat(verdict.matching()).isEqualTo(1);
    assertThat(verdict.unchecked()).isEqualTo(2);
  }

  @Test
  void findsOtherBytes() {
    ledger.written("n1", PATH, "video", part(7, 0, ONE));
    assertThat(ledger.check(Map.of("live/a/video/5-7.0.m4s", hash(TWO))).faults())
        .singleElement()
        .asString()
        .contains("live/a/video/5-7.0.m4s", hash(TWO), "n1", hash(ONE));
  }

  @Test
  void findsWhatNobodyWrote() {
    ledger.written("n1", PATH, "audio", part(7, 0, ONE));
    assertThat(ledger.check(Map.of("live/a/video/5-7.0.m4s", hash(ONE))).faults())
        .singleElement()
        .asString()
        .contains("in no writer's log");
  }

  @Test
  void findsNodesThatTellOneNameForTwo() {
    ledger.written("n1", PATH, "video", part(7, 0, ONE));
    ledger.written("n2", PATH, "video", part(7, 0, TWO));
    assertThat(ledger.check(Map.of()).faults()).singleElement().asString().contains("n1", "n2");
  }

  @Test
  void gapsAreNoFiles() {
    ledger.written("n1", PATH, "video", entry(7, 0, 0, Bytes.EMPTY));
    ledger.written("n2", PATH, "video", entry(7, 0, 0, Bytes.EMPTY));
    assertThat(ledger.check(Map.of()).written()).isZero();
    assertThat(ledger.check(Map.of()).gaps()).isEqualTo(1);
  }

  private static PartEntry part(long msn, int part, Bytes content) {
    return entry(msn, part, content.length(), content.sha256());
  }

  private static PartEntry entry(long msn, int part, int size, Bytes sha256) {
    return new PartEntry(
        new LogPosition(5, msn, part),
        500_000,
        size,
        true,
        false,
        size == 0,
        0,
        "init-0011223344556677.mp4",
        0,
        0,
        sha256,
        sha256);
  }

  private static String hash(Bytes content) {
    return content.sha256().hex();
  }
}
