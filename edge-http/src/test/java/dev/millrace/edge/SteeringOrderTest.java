package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.edge.SteeringOrder.Edge;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SteeringOrderTest {
  @Test
  void keepsThePlayerWhereItIsAndThenPrefersTheLeastLoaded() {
    List<Edge> edges = List.of(idle("a", 0.4), idle("b", 0.9), idle("c", 0.1));
    assertThat(SteeringOrder.of(edges, "a", 1)).containsExactly("a", "c", "b");
    assertThat(SteeringOrder.of(edges, "c", 1)).containsExactly("c", "a", "b");
  }

  @Test
  void movesWhoIsNowhereOrAtAnEdgeThatIsGone() {
    List<Edge> edges = List.of(idle("a", 0.9), idle("b", 0.2));
    assertThat(SteeringOrder.of(edges, "", 1)).containsExactly("b", "a");
    assertThat(SteeringOrder.of(edges, "dead", 1)).containsExactly("b", "a");
    assertThat(SteeringOrder.of(List.of(), "dead", 1)).isEmpty();
  }

  @Test
  void putsDrainingEdgesLastButKeepsThemForWhoHasNoOther() {
    List<Edge> edges = List.of(new Edge("a", 0, true), idle("b", 1.0), new Edge("c", 0, true));
    assertThat(SteeringOrder.of(edges, "c", 1)).containsExactly("b", "c", "a");
    assertThat(SteeringOrder.of(List.of(new Edge("a", 0, true)), "a", 1)).containsExactly("a");
  }

  @Test
  void spreadsPlayersOverEdgesThatAreAboutEqual() {
    List<Edge> edges = List.of(idle("a", 0.10), idle("b", 0.2), idle("c", 0.15), idle("d", 0.9));
    Map<String, Long> first = firsts(edges, "dead");
    assertThat(first).containsOnlyKeys("a", "b", "c");
    assertThat(first.values()).allSatisfy(count -> assertThat(count).isBetween(2_500L, 4_200L));
  }

  @Test
  void givesAPlayerTheSameAnswerEachTime() {
    List<Edge> edges = List.of(idle("a", 0.10), idle("b", 0.1), idle("c", 0.1));
    assertThat(SteeringOrder.of(edges.reversed(), "", 42))
        .isEqualTo(SteeringOrder.of(edges, "", 42));
  }

  @Test
  void leavesNoEdgeForALittleLessLoadElsewhereNorOneThatIsNotCrowded() {
    assertThat(firsts(List.of(idle("a", 0.9), idle("b", 0.7)), "a")).containsOnlyKeys("a");
    assertThat(firsts(List.of(idle("a", 0.6), idle("b", 0.0)), "a")).containsOnlyKeys("a");
  }

  @Test
  void movesAsManyFromACrowdedEdgeAsBringItToTheAverage() {
    Map<String, Long> first = firsts(List.of(idle("a", 1.0), idle("b", 0.2)), "a");
    assertThat(first.get("b")).isBetween(3_700L, 4_300L);
    // They are gone, which is known now: those who stayed stay.
    Map<String, Long> next = firsts(List.of(idle("a", 0.6), idle("b", 0.6)), "a");
    assertThat(next).containsOnlyKeys("a");
  }

  private static Map<String, Long> firsts(List<Edge> edges, String present) {
    return LongStream.of(new Random(3).longs(10_000).toArray())
        .mapToObj(player -> SteeringOrder.of(edges, present, player).getFirst())
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }

  private static Edge idle(String id, double load) {
    return new Edge(id, load, false);
  }
}
