package dev.millrace.cluster.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cluster.AloneMembership;
import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.GroupMembership;
import dev.millrace.cluster.Membership;
import dev.millrace.cluster.MemoryNetwork;
import dev.millrace.cluster.NodeInfo;
import dev.millrace.cluster.TestNodes;
import dev.millrace.cluster.Topics;
import dev.millrace.cluster.channel.GroupChannel;
import dev.millrace.cluster.settings.SettingsChange.Accepted;
import dev.millrace.cluster.settings.SettingsChange.Conflict;
import dev.millrace.cluster.settings.SettingsChange.Refused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterSettingsTest {
  @TempDir Path folder;

  private final MemoryNetwork network = new MemoryNetwork(3);
  private final Map<String, Revision> applied = new HashMap<>();

  private record Node(GroupMembership membership, GroupChannel channel, ClusterSettings settings) {
    String id() {
      return membership.view().self().id();
    }
  }

  @Test
  void aChangeIsAppliedOnAllNodesAndKept() throws IOException {
    List<Node> nodes = start("a", "b", "c");
    assertThat(set(nodes.get(1), 0, "ladder", "720p")).isInstanceOf(Accepted.class);
    network.pass(200);
    Revision revision = nodes.get(1).settings().current();
    assertThat(revision.number()).isEqualTo(1);
    assertThat(revision.author()).isEqualTo("b");
    assertThat(revision.values()).containsExactly(Map.entry("ladder", "720p"));
    for (Node node : nodes) {
      assertThat(node.settings().current()).isEqualTo(revision);
      assertThat(applied.get(node.id())).isEqualTo(revision);
      assertThat(new SettingsFile(folder.resolve(node.id())).read()).containsExactly(revision);
      ClusterView view = nodes.getFirst().membership().view();
      assertThat(view.settings(node.id()).revision()).isEqualTo(1);
      assertThat(view.settings(node.id()).error()).isEmpty();
    }
  }

  @Test
  void aNodeThatJoinsReceivesWhatIsInForceAndTheHistory() {
    Node first = start("a").getFirst();
    for (int i = 0; i < 60; i++) {
      assertThat(set(first, i, "key", "value " + i)).isInstanceOf(Accepted.class);
    }
    Node late = start("z").getFirst();
    network.pass(3_000);
    assertThat(late.settings().current().number()).isEqualTo(60);
    assertThat(late.settings().history()).hasSize(50).isEqualTo(first.settings().history());
    assertThat(applied.get("z")).isEqualTo(first.settings().current());
  }

  @Test
  void aChangeOfSomethingThatIsNoMoreInForceIsAConflict() {
    List<Node> nodes = start("a", "b");
    set(nodes.get(0), 0, "key", "1");
    network.pass(200);
    assertThat(set(nodes.get(1), 0, "key", "2"))
        .isEqualTo(new Conflict(nodes.get(0).settings().current()));
    assertThat(set(nodes.get(1), 1, "key", "2")).isInstanceOf(Accepted.class);
  }

  @Test
  void aChangeThatMakesNoSenseIsRefusedWithTheReason() {
    Node node = start("a").getFirst();
    assertThat(set(node, 0, "refused", "x")).isEqualTo(new Refused("refused: not this one"));
    assertThat(set(node, 0, "with blank", "x")).isInstanceOf(Refused.class);
    assertThat(set(node, 0, "long", "x".repeat(20_000))).isInstanceOf(Refused.class);
    assertThat(node.settings().rollback(0, 7, "")).isInstanceOf(Refused.class);
    assertThat(node.settings().current()).isEqualTo(Revision.NONE);
  }

  @Test
  void goingBackIsANewRevisionWithTheOldContent() {
    List<Node> nodes = start("a", "b");
    set(nodes.get(0), 0, "key", "1");
    set(nodes.get(0), 1, "key", "2");
    network.pass(200);
    assertThat(nodes.get(1).settings().rollback(2, 1, "2 was bad")).isInstanceOf(Accepted.class);
    network.pass(200);
    Revision now = nodes.get(0).settings().current();
    assertThat(now.number()).isEqualTo(3);
    assertThat(now.author()).isEqualTo("b");
    assertThat(now.comment()).isEqualTo("2 was bad");
    assertThat(now.values()).isEqualTo(nodes.get(0).settings().history().get(2).values());
    assertThat(nodes.get(0).settings().rollback(3, 0, "all away")).isInstanceOf(Accepted.class);
    assertThat(nodes.get(0).settings().current().values()).isEmpty();
  }

  @Test
  void changesOfTwoHalvesAreBothKnownAfterwardsAndOneWins() {
    List<Node> nodes = start("a", "b", "c");
    set(nodes.get(0), 0, "key", "0");
    network.pass(200);
    network.cut(Set.of(nodes.get(0).channel().self()));
    network.pass(200);
    set(nodes.get(0), 1, "key", "of a");
    set(nodes.get(1), 1, "key", "of b");
    network.pass(200);
    assertThat(nodes.get(2).settings().current().author()).isEqualTo("b");
    network.heal();
    network.pass(4_000);
    for (Node node : nodes) {
      assertThat(node.settings().current().values()).containsEntry("key", "of b");
      assertThat(node.settings().history())
          .extracting(Revision::toString)
          .containsExactly("revision 2 of b", "revision 2 of a", "revision 1 of a");
      assertThat(applied.get(node.id())).isEqualTo(node.settings().current());
    }
  }

  @Test
  void whoCannotApplyARevisionSaysSoToAll() {
    List<Node> nodes = start("a", "b");
    set(nodes.get(0), 0, "fails-on-b", "x");
    network.pass(300);
    ClusterView view = nodes.get(0).membership().view();
    assertThat(view.settings("b").error()).isEqualTo("no such thing here");
    assertThat(view.settings("a").error()).isEmpty();
    assertThat(view.settings("b").revision()).isEqualTo(1);
  }

  @Test
  void aRestartedNodeAppliesWhatItKept() {
    Node node = start("a").getFirst();
    set(node, 0, "key", "1");
    stop(node);
    applied.clear();
    Node again = start("a").getFirst();
    network.pass(10);
    assertThat(applied.get("a")).isEqualTo(again.settings().current());
    assertThat(again.settings().current().number()).isEqualTo(1);
  }

  @Test
  void aDamagedFileIsPutAside() throws IOException {
    Files.writeString(folder.resolve("a"), "what is this");
    Node node = start("a").getFirst();
    assertThat(node.settings().current()).isEqualTo(Revision.NONE);
    assertThat(folder.resolve("a.damaged")).hasContent("what is this");
    set(node, 0, "key", "1");
    byte[] bytes = Files.readAllBytes(folder.resolve("a"));
    bytes[40]++;
    Files.write(folder.resolve("a"), bytes);
    assertThat(new SettingsFile(folder.resolve("a")).read()).isEmpty();
  }

  @Test
  void aNodeAloneHasSettingsToo() {
    NodeInfo info = TestNodes.node("solo");
    AloneMembership alone = new AloneMembership(info, Runnable::run);
    ClusterSettings settings = settings(info, alone, alone);
    settings.start();
    settings.change(0, Map.of("key", Optional.of("1")), "");
    network.pass(1);
    assertThat(applied.get("solo")).isEqualTo(settings.current());
    assertThat(settings.current().values()).containsEntry("key", "1");
    assertThat(alone.view().settings("solo").revision()).isEqualTo(1);
  }

  /** Random changes, cuts, heals, losses, deaths and returns against the plain set of revisions. */
  @Test
  void allNodesEndWithTheNewestOfAllThatWasEverAccepted() {
    int runs = 12;
    long base = Long.getLong("model.seed", 20261121);
    int accepted = 0;
    int ties = 0;
    for (int run = 0; run < runs; run++) {
      ClusterSettingsTest fresh = new ClusterSettingsTest();
      fresh.folder = folder.resolve("run" + run);
      NavigableSet<Revision> all = fresh.change(base + run);
      accepted += all.size();
      ties += all.size() - (int) all.stream().map(Revision::number).distinct().count();
    }
    System.out.printf(
        "settings model: %d runs from seed %d, %d revisions, %d made twice%n",
        runs, base, accepted, ties);
    assertThat(ties).isPositive();
  }

  private NavigableSet<Revision> change(long seed) {
    Random random = new Random(seed);
    NavigableSet<Revision> all = new TreeSet<>();
    List<Node> alive = new ArrayList<>(start("a", "b", "c", "d"));
    List<String> dead = new ArrayList<>();
    network.lose(10);
    for (int step = 0; step < 60; step++) {
      Node node = alive.get(random.nextInt(alive.size()));
      switch (random.nextInt(8)) {
        case 0 -> network.cut(Set.of(node.channel().self()));
        case 1 -> network.heal();
        case 2 -> {
          if (alive.size() > 2) {
            alive.remove(node);
            dead.add(node.id());
            stop(node);
          } else if (!dead.isEmpty()) {
            alive.addAll(start(dead.removeLast()));
          }
        }
        case 3 -> {
          long number = random.nextInt(5);
          if (node.settings().rollback(node.settings().current().number(), number, "back")
              instanceof Accepted(Revision revision)) {
            all.add(revision);
          }
        }
        default -> {
          long expected = node.settings().current().number() - random.nextInt(2);
          if (set(node, expected, "k" + random.nextInt(5), "step " + step)
              instanceof Accepted(Revision revision)) {
            assertThat(revision.number()).isEqualTo(expected + 1);
            all.add(revision);
          }
        }
      }
      network.pass(random.nextInt(400));
    }
    network.lose(0);
    network.heal();
    dead.forEach(id -> alive.addAll(start(id)));
    network.pass(30_000);
    List<Revision> expected = all.descendingSet().stream().limit(History.KEPT).toList();
    for (Node node : alive) {
      assertThat(node.settings().history()).as("seed %d, %s", seed, node.id()).isEqualTo(expected);
      assertThat(applied.get(node.id())).isEqualTo(expected.getFirst());
    }
    return all;
  }

  private SettingsChange set(Node node, long expected, String key, String value) {
    SettingsChange change =
        node.settings().change(expected, Map.of(key, Optional.of(value)), "test");
    network.pass(1);
    return change;
  }

  private void stop(Node node) {
    network.crash(node.channel().self());
    node.membership().close();
    node.settings().close();
  }

  private List<Node> start(String... ids) {
    List<Node> nodes = new ArrayList<>();
    for (String id : ids) {
      NodeInfo info = TestNodes.started(id, 1_000_000 + network.nanoTime() / 1_000_000);
      GroupMembership membership =
          new GroupMembership(
              info, network::nanoTime, network::schedule, task -> network.schedule(task, 0));
      ClusterSettings settings = settings(info, membership, membership);
      GroupChannel channel = network.join(id);
      settings.start();
      membership.connect(channel);
      nodes.add(new Node(membership, channel, settings));
    }
    network.pass(1_000);
    return nodes;
  }

  private ClusterSettings settings(NodeInfo info, Membership membership, Topics topics) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ClusterSettings(
        membership,
        topics,
        folder.resolve(info.id()),
        () -> Instant.ofEpochMilli(1_764_000_000_000L + network.nanoTime() / 1_000_000),
        network::schedule,
        ClusterSettingsTest::refusal,
        revision -> {
          applied.put(info.id(), revision);
          return revision.values().containsKey("fails-on-" + info.id())
              ? Optional.of("no such thing here")
              : Optional.empty();
        },
        () -> Map.of("key", applied.getOrDefault(info.id(), Revision.NONE).values().hashCode()));
  }

  private static Optional<String> refusal(SortedMap<String, String> values) {
    return values.containsKey("refused") ? Optional.of("refused: not this one") : Optional.empty();
  }
}
