package dev.millrace.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ChaosReportTest {
  private final List<String> lines = new ArrayList<>();
  private final AtomicLong millis = new AtomicLong(1_000);
  private final ChaosReport report = new ChaosReport(lines::add, millis::get);

  @Test
  void tellsWhatWasDoneWhen() {
    report.begins("kill -9 n1");
    millis.set(3_500);
    report.ended("whole again");
    assertThat(lines).containsExactly("    1.0 s  kill -9 n1", "    3.5 s    whole again");
    lines.clear();
    report.print(List.of("Parts: 7"));
    assertThat(report.isViolated()).isFalse();
    assertThat(lines)
        .contains("  kill -9 n1 at 1.0 s: whole again", "Parts: 7")
        .noneMatch(line -> line.contains("violation"));
  }

  @Test
  void tellsTheFirstViolationInFullAndTheOthersInALine() {
    report.begins("drain n2");
    report.violated("a hole\nthe playlist");
    report.violated("a hole\nthe playlist");
    report.violated("another\nplaylist");
    assertThat(report.isViolated()).isTrue();
    assertThat(lines)
        .hasSize(3)
        .anyMatch(line -> line.endsWith("VIOLATION after drain n2 at 1.0 s: a hole"));
    lines.clear();
    report.print(List.of());
    assertThat(lines)
        .containsSubsequence("First violation:", "  a hole", "  the playlist", "And: another")
        .doesNotContain("  playlist");
  }
}
