package dev.millrace.cluster.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.NodeInfo;
import dev.millrace.cluster.NodeLoad;
import dev.millrace.cluster.NodeRole;
import dev.millrace.cluster.TestNodes;
import dev.millrace.media.StreamPath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlacementTest {
  private static final int STREAMS = 4000;

  @Test
  void scoreIsWhatEveryVersionComputes() {
    assertThat(Long.toHexString(Rendezvous.score("live/main", "0123456789")))
        .isEqualTo("ed59670481f01caf");
    assertThat(Long.toHexString(Rendezvous.score("", ""))).isEqualTo("fb984d36f763d67f");
    assertThat(Long.toHexString(Rendezvous.score("live/żółć", "a"))).isEqualTo("6eedc31a3970b2ee");
  }

  @Test
  void originsAreTheSameWhateverTheOrderOfNodes() {
    List<NodeInfo> nodes = new ArrayList<>(nodes(9));
    Placement placement = new Placement(List.of(), 3);
    Random random = new Random(7);
    Map<StreamPath, List<NodeInfo>> first = new HashMap<>();
    for (int round = 0; round < 5; round++) {
      Collections.shuffle(nodes, random);
      ClusterView view = new FixedView(nodes);
      for (StreamPath path : streams(200)) {
        List<NodeInfo> origins = placement.origins(path, view);
        assertThat(origins).isEqualTo(first.computeIfAbsent(path, any -> origins));
        assertThat(origins).isEqualTo(Rendezvous.ranked(path.toString(), nodes).subList(0, 3));
      }
    }
  }

  @Test
  void aNodeThatComesTakesItsShareAndMovesNothingElse() {
    List<NodeInfo> before = nodes(10);
    List<NodeInfo> after = nodes(11);
    Map<String, Integer> taken = new HashMap<>();
    int moved = 0;
    for (StreamPath path : streams(STREAMS)) {
      Set<String> old = ids(Placement.STANDARD.origins(path, new FixedView(before)));
      Set<String> now = ids(Placement.STANDARD.origins(path, new FixedView(after)));
      Set<String> came = new HashSet<>(now);
      came.removeAll(old);
      assertThat(came).as("only the new node takes").isSubsetOf("n10");
      moved += came.size();
      old.removeAll(now);
      old.forEach(id -> taken.merge(id, 1, Integer::sum));
    }
    double share = STREAMS * 2 / 11.0;
    assertThat((double) moved).isBetween(share * 0.85, share * 1.15);
    assertThat(taken.keySet()).as("from all evenly").hasSize(10);
    assertThat(taken.values()).allMatch(count -> count < 2.0 * share / 10);
  }

  @Test
  void aNodeThatGoesGivesUpOnlyWhatItHad() {
    List<NodeInfo> before = nodes(10);
    List<NodeInfo> after = before.subList(0, 9);
    for (StreamPath path : streams(STREAMS)) {
      List<NodeInfo> old = Placement.STANDARD.origins(path, new FixedView(before));
      List<NodeInfo> now = Placement.STANDARD.origins(path, new FixedView(after));
      List<NodeInfo> stay = old.stream().filter(node -> !node.id().equals("n9")).toList();
      assertThat(now).containsAll(stay);
    }
  }

  @Test
  void copiesAreEven() {
    Map<String, Integer> copies = new HashMap<>();
    ClusterView view = new FixedView(nodes(10));
    for (StreamPath path : streams(STREAMS)) {
      for (NodeInfo node : Placement.STANDARD.origins(path, view)) {
        copies.merge(node.id(), 1, Integer::sum);
      }
    }
    double even = STREAMS * 2 / 10.0;
    // Four standard deviations of a binomial.
    assertThat(copies.values())
        .hasSize(10)
        .allSatisfy(count -> assertThat((double) count).isBetween(even * 0.87, even * 1.13));
  }

  @Test
  void onlyNodesThatOfferToBeOriginsCount() {
    List<NodeInfo> nodes =
        List.of(
            TestNodes.node("edge", NodeRole.EDGE),
            TestNodes.node("drains").withDraining(true),
            TestNodes.node("a"));
    ClusterView view = new FixedView(nodes);
    assertThat(ids(Placement.STANDARD.origins(StreamPath.parse("live/x"), view)))
        .containsExactly("a");
  }

  @Test
  void theFirstClassThatMatchesSaysHowMany() {
    Placement placement =
        new Placement(List.of(new StreamClass("live/vip-*", 3), new StreamClass("live/*", 1)), 2);
    ClusterView view = new FixedView(nodes(5));
    assertThat(placement.origins(StreamPath.parse("live/vip-1"), view)).hasSize(3);
    assertThat(placement.origins(StreamPath.parse("live/main"), view)).hasSize(1);
    assertThat(placement.origins(StreamPath.parse("vod/main"), view)).hasSize(2);
    assertThatThrownBy(() -> new StreamClass("live/*", 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "*,live/a,true",
    "live/*,live/a,true",
    "live/*,live2/a,false",
    "l?ve/a,live/a,true",
    "l?ve/a,lve/a,false",
    "*/a*b*c,live/axxbyyc,true",
    "*/a*b*c,live/axxbyy,false",
    "live/a,live/ab,false",
    "*a,live/aaa,true",
    "****,live/a,true",
    "live/.*,live/a,false"
  })
  void patternsMatch(String pattern, String path, boolean matches) {
    assertThat(new StreamClass(pattern, 1).matches(StreamPath.parse(path))).isEqualTo(matches);
  }

  @Test
  void workersGoWhereMostIsFreeAndStayHereWhenThatIsClose() {
    NodeInfo self = loaded("self", 8, 4.5, 0, 1, 4);
    NodeInfo idle = loaded("idle", 8, 0.5, 0, 0, 4);
    NodeInfo full = loaded("full", 64, 0, 0, 4, 4);
    NodeInfo edge = TestNodes.node("edge", NodeRole.EDGE);
    StreamPath path = StreamPath.parse("live/a");
    assertThat(Placement.STANDARD.transcoders(path, new FixedView(List.of(self, idle, full, edge))))
        .containsExactly(idle, self);
    NodeInfo freer = loaded("self", 8, 1.4, 0, 1, 4);
    assertThat(
            Placement.STANDARD.transcoders(path, new FixedView(List.of(freer, idle, full, edge))))
        .containsExactly(freer, idle);
  }

  @Test
  void workersOfManyStreamsSpreadOverEquals() {
    List<NodeInfo> nodes = new ArrayList<>(List.of(TestNodes.node("self", NodeRole.INGEST)));
    for (int i = 0; i < 4; i++) {
      nodes.add(loaded("t" + i, 8, 0.1 * i, 0, 0, 4));
    }
    Map<String, Integer> first = new HashMap<>();
    for (StreamPath path : streams(400)) {
      String chosen = Placement.STANDARD.transcoders(path, new FixedView(nodes)).getFirst().id();
      first.merge(chosen, 1, Integer::sum);
    }
    assertThat(first).hasSize(4).allSatisfy((id, count) -> assertThat(count).isBetween(60, 140));
  }

  @Test
  void clientsSpreadByWhatEdgesHaveToSpareAndStayWhereTheyAre() {
    List<NodeInfo> nodes =
        List.of(
            loaded("half", 4, 2, 0, 0, 0),
            loaded("idle-1", 4, 0, 0, 0, 0),
            loaded("idle-2", 4, 0, 0, 0, 0),
            loaded("busy", 4, 0, 500_000_000, 0, 0));
    Map<String, Integer> first = new HashMap<>();
    int moved = 0;
    List<NodeInfo> little = new ArrayList<>(nodes);
    little.set(1, loaded("idle-1", 4, 0.2, 0, 0, 0));
    for (int i = 0; i < 2000; i++) {
      String client = "client-" + i;
      String chosen = Placement.STANDARD.edges(client, new FixedView(nodes)).getFirst().id();
      first.merge(chosen, 1, Integer::sum);
      String later = Placement.STANDARD.edges(client, new FixedView(little)).getFirst().id();
      if (!chosen.equals(later)) {
        assertThat(chosen).isEqualTo("idle-1");
        moved++;
      }
    }
    assertThat(first.get("half")).isBetween(170, 275);
    assertThat(first.get("idle-1")).isBetween(800, 980);
    assertThat(first.get("idle-2")).isBetween(800, 980);
    assertThat(first.getOrDefault("busy", 0)).isLessThan(5);
    assertThat(moved).isBetween(1, 120);
    assertThat(Placement.STANDARD.edges(new FixedView(nodes)).stream().map(NodeInfo::id))
        .containsExactly("idle-1", "idle-2", "half", "busy");
  }

  @Test
  void edgesThatDrainAreNotOffered() {
    ClusterView view =
        new FixedView(List.of(TestNodes.node("a"), TestNodes.node("b").withDraining(true)));
    assertThat(ids(Placement.STANDARD.edges("client", view))).containsExactly("a");
  }

  private static NodeInfo loaded(
      String id, int cores, double busy, long bytesOut, int workers, int maxWorkers) {
    return TestNodes.node(id)
        .withLoad(new NodeLoad(cores, busy, bytesOut, 0, 0, workers, maxWorkers));
  }

  private static List<NodeInfo> nodes(int count) {
    List<NodeInfo> nodes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      nodes.add(TestNodes.node("n" + i));
    }
    return nodes;
  }

  private static List<StreamPath> streams(int count) {
    List<StreamPath> streams = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      streams.add(new StreamPath("live", "stream-" + i));
    }
    return streams;
  }

  private static Set<String> ids(List<NodeInfo> nodes) {
    Set<String> ids = new HashSet<>();
    nodes.forEach(node -> ids.add(node.id()));
    return ids;
  }
}
