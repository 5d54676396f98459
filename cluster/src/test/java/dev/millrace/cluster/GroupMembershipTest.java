package dev.millrace.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cluster.channel.GroupChannel;
import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GroupMembershipTest {
  private static final StreamPath PATH = StreamPath.parse("live/a");

  private final MemoryNetwork network = new MemoryNetwork(1);
  private long lives = 1_000;

  private record Node(GroupMembership membership, GroupChannel channel) {
    ClusterView view() {
      return membership.view();
    }
  }

  @Test
  void everyNodeLearnsOfEveryOther() {
    List<Node> nodes = start(5);
    network.pass(500);
    for (Node node : nodes) {
      assertThat(names(node))
          .containsExactly("node-n0", "node-n1", "node-n2", "node-n3", "node-n4");
      assertThat(node.view().coordinatorId()).isEqualTo("n0");
    }
  }

  @Test
  void aPublicationIsKnownEverywhereWithinFiftyMilliseconds() {
    List<Node> nodes = start(5);
    network.pass(5_000);
    nodes.get(3).membership().hold(TestNodes.ingest("live/a", 7));
    network.pass(20);
    nodes.forEach(node -> assertThat(holders(node)).containsExactly("n3"));
    // Right behind the last batch it waits for the next.
    nodes.get(3).membership().release(PATH, Holding.Kind.INGEST);
    network.pass(60);
    nodes.forEach(node -> assertThat(node.view().streams()).isEmpty());
  }

  @Test
  void changesAreGatheredForFiftyMilliseconds() {
    List<Node> nodes = start(3);
    network.pass(1_000);
    long before = network.broadcasts();
    for (int i = 0; i < 1000; i++) {
      nodes.getFirst().membership().hold(TestNodes.ingest("live/s" + i % 50, i));
      network.pass(1);
    }
    network.pass(60);
    assertThat(network.broadcasts() - before).isBetween(15L, 22L);
    assertThat(nodes.get(2).view().holdings("n0"))
        .containsExactlyInAnyOrderElementsOf(nodes.get(0).view().holdings("n0"))
        .hasSize(50);
  }

  @Test
  void aNewcomerIsToldAllInMessagesOfBoundedSize() {
    List<Node> nodes = start(2);
    network.pass(1_000);
    for (int i = 0; i < 5000; i++) {
      String name = "live/stream-with-a-name-of-some-length-" + i;
      nodes.getFirst().membership().hold(TestNodes.copy(name, Holding.State.LIVE, i));
    }
    network.pass(500);
    Node newcomer = start("late");
    network.pass(500);
    assertThat(newcomer.view().streams()).hasSize(5000);
    assertThat(newcomer.view().holdings("n0")).hasSize(5000);
    assertThat(network.longest()).isBetween(50_000, Message.MAX_BYTES);
    for (int i = 0; i < 5000; i += 2) {
      String name = "live/stream-with-a-name-of-some-length-" + i;
      nodes.getFirst().membership().release(StreamPath.parse(name), Holding.Kind.ORIGIN);
    }
    network.pass(500);
    assertThat(newcomer.view().streams()).hasSize(2500);
    assertThat(newcomer.membership().traffic().asked()).isZero();
    assertThat(network.longest()).isLessThanOrEqualTo(Message.MAX_BYTES);
  }

  @Test
  void whatANodeHadIsGoneWithIt() {
    List<Node> nodes = start(3);
    nodes.get(1).membership().hold(TestNodes.ingest("live/a", 7));
    network.pass(1_000);
    network.crash(nodes.get(1).channel().self());
    network.pass(100);
    assertThat(nodes.get(0).view().streams()).isEmpty();
    assertThat(nodes.get(0).view().nodes()).hasSize(2);
    start("n1").membership().hold(TestNodes.ingest("live/a", 8));
    network.pass(1_000);
    assertThat(holders(nodes.get(0))).containsExactly("n1");
  }

  @Test
  void aNodeThatIsBackBeforeItsDeathIsSeenIsTheNewOne() {
    List<Node> nodes = start(3);
    nodes.get(1).membership().hold(TestNodes.ingest("live/a", 7));
    network.pass(1_000);
    Node again = start("n1");
    again.membership().hold(TestNodes.ingest("live/b", 8));
    network.pass(1_000);
    assertThat(nodes.get(0).view().nodes()).hasSize(3);
    assertThat(nodes.get(0).view().streams()).containsExactly(StreamPath.parse("live/b"));
    network.crash(nodes.get(1).channel().self());
    network.pass(1_000);
    assertThat(nodes.get(0).view().streams()).containsExactly(StreamPath.parse("live/b"));
  }

  @Test
  void twoHalvesTellEachOtherAllWhenTheyMeetAgain() {
    List<Node> nodes = start(4);
    network.pass(1_000);
    network.cut(Set.of(nodes.get(2).channel().self(), nodes.get(3).channel().self()));
    network.pass(1_000);
    nodes.get(0).membership().hold(TestNodes.ingest("live/a", 7));
    nodes.get(3).membership().hold(TestNodes.ingest("live/a", 9));
    network.pass(1_000);
    assertThat(holders(nodes.get(1))).containsExactly("n0");
    assertThat(holders(nodes.get(2))).containsExactly("n3");
    network.heal();
    network.pass(1_000);
    nodes.forEach(node -> assertThat(holders(node)).containsExactly("n3", "n0"));
  }

  @Test
  void whateverIsLostIsAskedForUntilItIsThere() {
    int runs = 60;
    long base = Long.getLong("model.seed", 20261121);
    long asked = 0;
    for (int run = 0; run < runs; run++) {
      asked += new GroupMembershipTest().loseAndRepair(base + run);
    }
    System.out.printf(
        "membership model: %d runs from seed %d, %d sections asked for%n", runs, base, asked);
    assertThat(asked).isGreaterThan(runs);
  }

  private long loseAndRepair(long seed) {
    Random random = new Random(seed);
    List<Node> nodes = new ArrayList<>(start(4));
    network.lose(20);
    for (int step = 0; step < 150; step++) {
      Node node = nodes.get(random.nextInt(nodes.size()));
      String path = "live/s" + random.nextInt(20);
      switch (random.nextInt(12)) {
        case 0 -> {
          if (nodes.size() > 2) {
            nodes.remove(node);
            network.crash(node.channel().self());
            node.membership().close();
          }
        }
        case 1 -> {
          String id = "n" + random.nextInt(8);
          if (nodes.stream().noneMatch(other -> other.view().self().id().equals(id))) {
            nodes.add(start(id));
          }
        }
        case 2 -> network.cut(Set.of(node.channel().self()));
        case 3 -> network.heal();
        case 4, 5 -> node.membership().release(StreamPath.parse(path), Holding.Kind.ORIGIN);
        case 6 -> node.membership().draining(random.nextBoolean());
        default -> node.membership().hold(TestNodes.copy(path, Holding.State.LIVE, step));
      }
      network.pass(random.nextInt(80));
    }
    network.lose(0);
    network.heal();
    network.pass(20_000);
    Set<String> alive = new HashSet<>();
    nodes.forEach(node -> alive.add(node.view().self().id()));
    for (Node node : nodes) {
      String what = "seed " + seed + ", " + node.view().self().id();
      assertThat(node.view().nodes().stream().map(NodeInfo::id))
          .as(what)
          .containsExactlyInAnyOrderElementsOf(alive);
      for (Node other : nodes) {
        String id = other.view().self().id();
        assertThat(node.view().holdings(id))
            .as(what)
            .containsExactlyInAnyOrderElementsOf(other.view().holdings(id));
        assertThat(node.view().node(id)).as(what).contains(other.view().self());
      }
    }
    return nodes.stream().mapToLong(node -> node.membership().traffic().asked()).sum();
  }

  @Test
  void loadIsToldWhenItMattersAndEveryTwoSecondsAtMost() {
    List<Node> nodes = start(2);
    network.pass(1_000);
    long before = nodes.getFirst().membership().traffic().sent();
    for (int second = 0; second < 8; second++) {
      nodes.getFirst().membership().load(new NodeLoad(4, second * 0.5, 0, 0, 0, 0, 2));
      network.pass(1_000);
    }
    assertThat(nodes.getFirst().membership().traffic().sent() - before).isEqualTo(4);
    assertThat(nodes.get(1).view().node("n0").orElseThrow().load().busyCores()).isEqualTo(3.0);
    before = nodes.getFirst().membership().traffic().sent();
    for (int second = 0; second < 5; second++) {
      nodes.getFirst().membership().load(new NodeLoad(4, 3.0 + second * 0.02, 10, 0, 0, 0, 2));
      network.pass(1_000);
    }
    assertThat(nodes.getFirst().membership().traffic().sent() - before)
        .as("0 to 10 bytes a second")
        .isEqualTo(1);
  }

  @Test
  void badMessagesAreCountedAndPassedOver() {
    List<Node> nodes = start(2);
    network.pass(1_000);
    nodes.get(1).channel().broadcast(Bytes.of(1, 2, 3));
    nodes.get(1).channel().broadcast(Bytes.EMPTY);
    nodes.get(1).channel().broadcast(Bytes.of(99, 1));
    network.pass(100);
    assertThat(nodes.get(0).membership().traffic().malformed()).isEqualTo(3);
    nodes.get(1).membership().hold(TestNodes.ingest("live/a", 1));
    network.pass(100);
    assertThat(holders(nodes.get(0))).containsExactly("n1");
  }

  @Test
  void listenersGetEachNewViewInOrder() {
    List<Node> nodes = start(2);
    network.pass(1_000);
    List<ClusterView> seen = new ArrayList<>();
    nodes.get(0).membership().onChange(seen::add);
    nodes.get(1).membership().hold(TestNodes.ingest("live/a", 1));
    network.pass(100);
    nodes.get(1).membership().draining(true);
    network.pass(100);
    assertThat(seen).hasSize(2);
    assertThat(seen.get(0).streams()).containsExactly(PATH);
    assertThat(seen.get(1).node("n1").orElseThrow().draining()).isTrue();
    assertThat(seen.get(1).version()).isGreaterThan(seen.get(0).version());
    assertThat(seen.get(0).node("n1").orElseThrow().draining()).as("an old view stays").isFalse();
  }

  @Test
  void topicsCarryTheMessagesOfOthers() {
    List<Node> nodes = start(3);
    network.pass(1_000);
    List<String> heard = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String at = "n" + i;
      nodes
          .get(i)
          .membership()
          .listen(7, (from, bytes) -> heard.add(from + ">" + at + ":" + bytes.utf8()));
    }
    nodes.get(0).membership().broadcast(7, Bytes.utf8("all"));
    nodes.get(0).membership().broadcast(8, Bytes.utf8("nobody listens"));
    nodes.get(1).membership().send(7, "n0", Bytes.utf8("one"));
    nodes.get(1).membership().send(7, "nowhere", Bytes.utf8("none"));
    network.pass(100);
    assertThat(heard).containsExactlyInAnyOrder("n0>n1:all", "n0>n2:all", "n1>n0:one");
  }

  @Test
  void quietNodesSayTheirVersionNowAndThen() {
    start(3);
    network.pass(1_000);
    long before = network.broadcasts();
    network.pass(60_000);
    assertThat(network.broadcasts() - before).isBetween(12L, 18L);
  }

  private List<Node> start(int count) {
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      nodes.add(start("n" + i));
    }
    return nodes;
  }

  private Node start(String id) {
    NodeInfo info = TestNodes.started(id, lives++, Set.of(NodeRole.ORIGIN));
    GroupMembership membership =
        new GroupMembership(
            info, network::nanoTime, network::schedule, task -> network.schedule(task, 0));
    GroupChannel channel = network.join(id);
    membership.connect(channel);
    return new Node(membership, channel);
  }

  private static List<String> names(Node node) {
    return node.view().nodes().stream().map(NodeInfo::name).toList();
  }

  private static List<String> holders(Node node) {
    return node.view().holders(PATH).stream().map(held -> held.node().id()).toList();
  }
}
