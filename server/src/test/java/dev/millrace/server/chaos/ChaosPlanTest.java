package dev.millrace.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.millrace.server.hosts.Half;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChaosPlanTest {
  private static final ChaosPlan.Limits LIMITS =
      new ChaosPlan.Limits(Duration.ofSeconds(8), Duration.ofSeconds(20));

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
              assertThat(each.rest()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(8));
              boolean stands =
                  each.kind() == ChaosAction.Kind.PAUSE || each.kind() == ChaosAction.Kind.CUT;
              assertThat(each.length())
                  .isBetween(
                      Duration.ofSeconds(stands ? 1 : 0), Duration.ofSeconds(stands ? 20 : 0));
            });
  }

  @Test
  void fewActionsAreOfAllKinds() {
    List<ChaosAction> actions = actions(9);
    int kinds = ChaosAction.Kind.values().length;
    for (int from = 0; from < actions.size(); from += kinds) {
      assertThat(actions.subList(from, from + kinds))
          .extracting(ChaosAction::kind)
          .containsExactlyInAnyOrder(ChaosAction.Kind.values());
    }
  }

  @Test
  void publishersChangeSidesInSomeCutsOnly() {
    List<ChaosAction> actions = actions(9);
    assertThat(actions.stream().filter(ChaosAction::moving))
        .isNotEmpty()
        .allMatch(each -> each.kind() == ChaosAction.Kind.CUT);
    assertThat(actions).anyMatch(each -> each.kind() == ChaosAction.Kind.CUT && !each.moving());
  }

  @ParameterizedTest
  @EnumSource(Half.class)
  void eachHalfOfTheNetworkHasEveryRoleAndTwoEdges(Half half) {
    List<String> roles =
        IntStream.range(0, ChaosPlan.LEAST_NODES)
            .filter(node -> ChaosPlan.half(node) == half)
            .mapToObj(ChaosPlan::roles)
            .flatMap(each -> Stream.of(each.split(",", -1)))
            .toList();
    assertThat(roles).contains("ingest", "origin");
    assertThat(roles.stream().filter("edge"::equals)).hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void limitsWithoutRoomAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ChaosPlan.Limits(Duration.ofSeconds(1), Duration.ofSeconds(20)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ChaosPlan.Limits(Duration.ofSeconds(8), Duration.ZERO));
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
        .isThrownBy(() -> new ChaosPlan(1, ChaosPlan.LEAST_NODES - 1, LIMITS));
  }

  private static List<ChaosAction> actions(long seed) {
    ChaosPlan plan = new ChaosPlan(seed, 5, LIMITS);
    return Stream.generate(plan::next).limit(500).toList();
  }
}
