package dev.millrace.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChaosPlanTest {
  @Test
  void sameSeedDoesTheSame() {
    assertThat(actions(7)).isEqualTo(actions(7)).isNotEqualTo(actions(8));
  }

  @Test
  void everythingHappensToEveryNodeInBounds() {
    List<ChaosAction> actions = actions(7);
    for (int node = 0; node < 5; node++) {
      for (ChaosAction.Kind kind : ChaosAction.Kind.values()) {
        int hit = node;
        assertThat(actions).anyMatch(each -> each.node() == hit && each.kind() == kind);
      }
    }
    assertThat(actions)
        .allSatisfy(
            each -> {
              assertThat(each.pause()).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(8));
              boolean stands = each.kind() == ChaosAction.Kind.PAUSE;
              assertThat(each.length())
                  .isBetween(
                      Duration.ofSeconds(stands ? 1 : 0), Duration.ofSeconds(stands ? 20 : 0));
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"ingest", "origin", "edge"})
  void everyRoleOutlivesTheLossOfAnyNode(String role) {
    long holders =
        IntStream.range(0, ChaosPlan.LEAST_NODES)
            .filter(node -> List.of(ChaosPlan.roles(node).split(",", -1)).contains(role))
            .count();
    assertThat(holders).isGreaterThanOrEqualTo(2);
  }

  @Test
  void fewerNodesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ChaosPlan(1, ChaosPlan.LEAST_NODES - 1));
  }

  private static List<ChaosAction> actions(long seed) {
    ChaosPlan plan = new ChaosPlan(seed, 5);
    return Stream.generate(plan::next).limit(500).toList();
  }
}
