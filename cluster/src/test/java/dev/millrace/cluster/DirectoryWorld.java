package dev.millrace.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cluster.ClusterView.Held;
import dev.millrace.cluster.Directory.Outcome;
import dev.millrace.cluster.channel.MemberId;
import dev.millrace.media.StreamPath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Some nodes, each with a real directory and with the trivial reference beside it. */
final class DirectoryWorld {
  private static final List<String> PATHS = List.of("live/a", "live/b", "live/c", "vod/d");

  /** All that a node says of itself at one version, kept for ever. */
  private record Said(NodeInfo info, NodeSettings settings, Set<Holding> holdings) {}

  private sealed interface Message {}

  private record Whole(MemberId from, MemberId to, Section section) implements Message {}

  private record Change(MemberId from, MemberId to, Delta delta) implements Message {}

  private static final class Node {
    final MemberId member;
    final Directory directory;
    final TreeMap<Long, Said> history = new TreeMap<>();

    /** The reference: which version of whom this node knows. */
    final Map<MemberId, Long> known = new HashMap<>();

    final Set<MemberId> muted = new HashSet<>();
    Set<MemberId> present = Set.of();
    NodeInfo info;
    NodeSettings settings = NodeSettings.NONE;
    long counter;
    final Map<StreamPath, EnumMap<Holding.Kind, Holding>> has = new HashMap<>();

    Node(MemberId member, NodeInfo info) {
      this.member = member;
      this.info = info;
      this.directory = new Directory(info);
      remember();
    }

    void remember() {
      Set<Holding> all =
          has.values().stream()
              .flatMap(ofPath -> ofPath.values().stream())
              .collect(Collectors.toSet());
      history.put(counter, new Said(info, settings, all));
    }
  }

  private final Random random;
  private final Map<MemberId, Node> everyone = new HashMap<>();
  private final List<Node> alive = new ArrayList<>();
  private final List<Message> inFlight = new ArrayList<>();

  /** Which half of a cut network a node is in. */
  private final Map<MemberId, Integer> side = new HashMap<>();

  private final EnumMap<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
  private long lives = 1000;

  DirectoryWorld(long seed) {
    random = new Random(seed);
    for (int i = 0; i < 3 + random.nextInt(3); i++) {
      start("n" + i);
    }
  }

  int count(Outcome outcome) {
    return outcomes.getOrDefault(outcome, 0);
  }

  void step() {
    Node node = pick(alive);
    switch (random.nextInt(20)) {
      case 0, 1 -> look(node);
      case 2 -> {
        look(node);
        tellWhole(node);
      }
      case 3 -> crash();
      case 4 -> start("n" + random.nextInt(7));
      case 5 -> cutOrHeal();
      case 6, 7, 8, 9 -> say(node);
      default -> deliver();
    }
    alive.forEach(this::check);
  }

  /** Nothing is lost any more, and whoever lacks something asks: all must know all. */
  void healAndRepair() {
    side.clear();
    inFlight.clear();
    alive.forEach(this::look);
    for (Node to : alive) {
      for (Node from : alive) {
        if (to != from) {
          receive(new Whole(from.member, to.member, from.directory.own()));
        }
      }
      check(to);
      assertThat(to.directory.silent()).isEmpty();
    }
    Set<String> ids = alive.stream().map(node -> node.info.id()).collect(Collectors.toSet());
    for (Node node : alive) {
      assertThat(node.directory.view().nodes().stream().map(NodeInfo::id))
          .containsExactlyInAnyOrderElementsOf(ids);
    }
  }

  private void start(String id) {
    MemberId member = new MemberId(id + "-" + random.nextInt(1000) + "-" + lives);
    NodeInfo info = TestNodes.started(id, lives++, Set.of(NodeRole.ORIGIN));
    Node node = new Node(member, info);
    everyone.put(member, node);
    alive.add(node);
    side.put(member, random.nextInt(2));
  }

  private void crash() {
    if (alive.size() > 2) {
      alive.remove(random.nextInt(alive.size()));
    }
  }

  private void cutOrHeal() {
    boolean cut = random.nextBoolean();
    alive.forEach(node -> side.put(node.member, cut ? random.nextInt(2) : 0));
  }

  /** The group tells a node who is there, perhaps long after it came so. */
  private void look(Node node) {
    Set<MemberId> others = new HashSet<>();
    for (Node other : alive) {
      if (other != node && sideOf(other) == sideOf(node)) {
        others.add(other.member);
      }
    }
    boolean someLeft = !others.containsAll(node.present);
    node.present = others;
    node.known.keySet().retainAll(others);
    node.muted.retainAll(others);
    if (someLeft) {
      node.muted.clear();
    }
    node.directory.group(others, null);
  }

  private int sideOf(Node node) {
    return side.getOrDefault(node.member, 0);
  }

  private void say(Node node) {
    List<Holding> held = new ArrayList<>();
    List<Delta.Released> released = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(2); i++) {
      StreamPath path = StreamPath.parse(pick(PATHS));
      Holding.Kind kind = pick(List.of(Holding.Kind.values()));
      EnumMap<Holding.Kind, Holding> ofPath =
          node.has.computeIfAbsent(path, any -> new EnumMap<>(Holding.Kind.class));
      if (random.nextInt(3) == 0) {
        boolean had = ofPath.remove(kind) != null;
        assertThat(node.directory.release(path, kind)).isEqualTo(had);
        held.removeIf(each -> each.path().equals(path) && each.kind() == kind);
        released.add(new Delta.Released(path, kind));
      } else {
        Holding.State state = pick(List.of(Holding.State.values()));
        Holding holding = new Holding(path, kind, state, random.nextInt(4), "");
        boolean same = holding.equals(ofPath.put(kind, holding));
        assertThat(node.directory.hold(holding)).isEqualTo(!same);
        released.remove(new Delta.Released(path, kind));
        held.add(holding);
      }
    }
    boolean drains = random.nextInt(5) == 0;
    if (drains) {
      node.info = node.info.withDraining(random.nextBoolean());
      node.settings =
          new NodeSettings(random.nextInt(3), "n1", "", 9, Map.of("a", random.nextInt(2)));
      node.directory.info(node.info);
      node.directory.settings(node.settings);
    }
    node.counter++;
    node.remember();
    Version version = node.directory.own().version().next();
    node.directory.ownVersion(version);
    Delta delta =
        new Delta(
            version, drains ? node.info : null, drains ? node.settings : null, held, released);
    for (Node other : alive) {
      if (other != node) {
        inFlight.add(new Change(node.member, other.member, delta));
      }
    }
  }

  private void tellWhole(Node node) {
    for (Node other : alive) {
      if (other != node) {
        inFlight.add(new Whole(node.member, other.member, node.directory.own()));
      }
    }
  }

  /** Any message at all, some lost, some twice; those of the dead still arrive. */
  private void deliver() {
    if (inFlight.isEmpty()) {
      return;
    }
    // Mostly in order, or nearly all deltas would find no base.
    int at = random.nextInt(4) == 0 ? random.nextInt(inFlight.size()) : 0;
    Message message = random.nextInt(10) == 0 ? inFlight.get(at) : inFlight.remove(at);
    if (random.nextInt(10) != 0) {
      receive(message);
    }
  }

  private void receive(Message message) {
    Outcome outcome =
        switch (message) {
          case Whole(MemberId from, MemberId to, Section section) -> {
            Node node = node(to);
            Outcome real = node.directory.section(from, section);
            assertThat(real).isEqualTo(expectWhole(node, from, section.version().counter()));
            yield real;
          }
          case Change(MemberId from, MemberId to, Delta delta) -> {
            Node node = node(to);
            Outcome real = node.directory.delta(from, delta);
            assertThat(real).isEqualTo(expectDelta(node, from, delta.version().counter()));
            yield real;
          }
        };
    outcomes.merge(outcome, 1, Integer::sum);
  }

  private Outcome expectWhole(Node node, MemberId from, long counter) {
    String id = node(from).info.id();
    if (!node.present.contains(from)) {
      return Outcome.STRANGER;
    }
    if (id.equals(node.info.id())) {
      return node.muted.add(from) ? Outcome.OWN_ID : Outcome.SUPERSEDED;
    }
    if (node.muted.contains(from)) {
      return Outcome.SUPERSEDED;
    }
    Optional<MemberId> rival =
        node.known.keySet().stream()
            .filter(other -> !other.equals(from) && node(other).info.id().equals(id))
            .findFirst();
    if (rival.isPresent()) {
      boolean newer = node(from).info.startedAt().isAfter(node(rival.get()).info.startedAt());
      MemberId loser = newer ? rival.get() : from;
      node.known.remove(loser);
      node.muted.add(loser);
      if (!newer) {
        return Outcome.SUPERSEDED;
      }
    }
    if (node.known.getOrDefault(from, -1L) >= counter) {
      return Outcome.OLD;
    }
    node.known.put(from, counter);
    return Outcome.APPLIED;
  }

  private static Outcome expectDelta(Node node, MemberId from, long counter) {
    if (!node.present.contains(from)) {
      return Outcome.STRANGER;
    }
    if (node.muted.contains(from)) {
      return Outcome.SUPERSEDED;
    }
    Long known = node.known.get(from);
    if (known == null || known < counter - 1) {
      return Outcome.GAP;
    }
    if (known >= counter) {
      return Outcome.OLD;
    }
    node.known.put(from, counter);
    return Outcome.APPLIED;
  }

  /** After each step of each node, so in plain comparisons. */
  private void check(Node node) {
    Map<String, Said> said = new TreeMap<>();
    said.put(node.info.id(), said(node, node.counter));
    node.known.forEach(
        (member, counter) -> said.put(node(member).info.id(), said(node(member), counter)));

    ClusterView view = node.directory.view();
    same(view.nodes(), said.values().stream().map(Said::info).toList());
    same(view.self(), node.info);
    Map<StreamPath, List<Held>> holders = new HashMap<>();
    said.forEach(
        (id, all) -> {
          same(view.node(id), Optional.of(all.info()));
          same(view.settings(id), all.settings());
          same(view.holdings(id).size(), all.holdings().size());
          same(Set.copyOf(view.holdings(id)), all.holdings());
          for (Holding each : all.holdings()) {
            holders
                .computeIfAbsent(each.path(), any -> new ArrayList<>())
                .add(new Held(all.info(), each));
          }
        });
    same(view.streams(), holders.keySet());
    holders.forEach((path, held) -> same(view.holders(path), ordered(held)));
  }

  private static void same(Object actual, Object expected) {
    if (!actual.equals(expected)) {
      assertThat(actual).isEqualTo(expected);
    }
  }

  /** The order of {@link Holders} once more, in the plainest words. */
  private static List<Held> ordered(List<Held> held) {
    long newest =
        held.stream()
            .filter(each -> each.holding().kind() == Holding.Kind.INGEST)
            .mapToLong(each -> each.holding().epoch())
            .max()
            .orElse(-1);
    List<Held> rest = new ArrayList<>(held);
    rest.sort(
        Comparator.<Held>comparingLong(each -> -each.holding().epoch())
            .thenComparing(each -> each.node().id())
            .thenComparing(each -> each.holding().kind()));
    List<Held> ordered = new ArrayList<>();
    take(rest, ordered, Holding.Kind.INGEST, newest, true);
    take(rest, ordered, Holding.Kind.ORIGIN, null, false);
    take(rest, ordered, Holding.Kind.INGEST, null, false);
    ordered.addAll(rest);
    return ordered;
  }

  private static void take(
      List<Held> from,
      List<Held> to,
      Holding.Kind kind,
      @Nullable Long epoch,
      boolean evenFilling) {
    from.removeIf(
        held -> {
          Holding holding = held.holding();
          boolean taken =
              holding.kind() == kind
                  && (epoch == null || holding.epoch() == epoch)
                  && (evenFilling || holding.state() != Holding.State.FILLING);
          if (taken) {
            to.add(held);
          }
          return taken;
        });
  }

  private Node node(MemberId member) {
    Node node = everyone.get(member);
    if (node == null) {
      throw new AssertionError(member);
    }
    return node;
  }

  private static Said said(Node node, long counter) {
    Said said = node.history.get(counter);
    if (said == null) {
      throw new AssertionError(node.member + " never said " + counter);
    }
    return said;
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
