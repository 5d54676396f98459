package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.StreamPath;
import dev.millrace.media.live.LadderFacts;
import dev.millrace.media.live.PublisherFacts;
import dev.millrace.media.live.StreamFacts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class NodeReportTest {
  private static final StreamPath MAIN = new StreamPath("live", "main");

  @Test
  void tellsAnotherNodeFactsLadderAndViewers() {
    String text =
        NodeReport.text(
            List.of(facts()),
            path -> Optional.of(LadderFacts.OFF),
            Map.of(MAIN, ViewerSample.of(LongStream.of(1, 2))));
    assertThat(text).doesNotContain("203.0.113.9", "owner");
    NodeReport read = NodeReport.read(text);
    assertThat(read.facts(MAIN).orElseThrow().getString("state")).isEqualTo("live");
    assertThat(read.facts(MAIN).orElseThrow().getJsonObject("ladder").getString("state"))
        .isEqualTo("off");
    assertThat(read.viewers(MAIN).count()).isEqualTo(2);
    assertThat(read.facts(new StreamPath("live", "other"))).isEmpty();
  }

  @Test
  void readsWhatAnOlderNodeLeavesOut() {
    assertThat(NodeReport.read("{}").viewers(MAIN).count()).isZero();
  }

  @Test
  void refusesWhatIsNoReport() {
    for (String text : List.of("", "[]", "{\"streams\": 1}", "{\"viewers\": {\"a/b\": \"%%\"}}")) {
      assertThatThrownBy(() -> NodeReport.read(text)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static StreamFacts facts() {
    return new StreamFacts(
        MAIN,
        StreamFacts.State.LIVE,
        Optional.of(new PublisherFacts("203.0.113.9:50000", "obs 31", "rtmp")),
        List.of(),
        Instant.EPOCH,
        Duration.ofSeconds(90),
        1_000_000,
        2_500_000,
        128_000,
        30,
        Map.of(),
        0,
        1,
        "owner of the key");
  }
}
