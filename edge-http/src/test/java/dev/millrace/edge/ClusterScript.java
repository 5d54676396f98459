package dev.millrace.edge;

import dev.millrace.media.StreamPath;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A cluster as the test writes it; this edge is {@code a}. */
final class ClusterScript {
  static final String TOKEN = "s3cret";

  final Map<String, ClusterNode> nodes = new ConcurrentHashMap<>();
  final Map<StreamPath, List<StreamCopy>> copies = new ConcurrentHashMap<>();
  final Map<String, CompletionStage<String>> reports = new ConcurrentHashMap<>();
  final List<String> asked = new CopyOnWriteArrayList<>();
  final List<String> drained = new CopyOnWriteArrayList<>();
  final List<SettingsRevision> settings = new CopyOnWriteArrayList<>();
  final List<SettingDifference> differences = new CopyOnWriteArrayList<>();
  final long viewerSalt = 99;

  ClusterScript() {
    settings.add(new SettingsRevision(0, Instant.EPOCH, "nobody", Map.of()));
    edge("a", "http://a.example:8080", 0.5);
  }

  void edge(String id, String viewers, double busyCores) {
    nodes.put(id, node(id, Set.of("edge"), Optional.of(URI.create(viewers)), busyCores, false));
  }

  /** An edge whose processors are idle, and whose line is as full as that. */
  void edgeWithLine(String id, String viewers, double share) {
    ClusterNode idle = node(id, Set.of("edge"), Optional.of(URI.create(viewers)), 0, false);
    ClusterNode.Load load = new ClusterNode.Load(1, 0, (long) (share * 1000), 1000, 0, 0, 0);
    nodes.put(
        id,
        new ClusterNode(
            id,
            idle.name(),
            idle.roles(),
            idle.version(),
            idle.protocol(),
            idle.internal(),
            idle.viewers(),
            idle.publishers(),
            load,
            false,
            idle.startedAt(),
            idle.settingsRevision(),
            idle.settingsError(),
            0,
            0));
  }

  void draining(String id) {
    ClusterNode old = nodes.get(id);
    if (old == null) {
      throw new IllegalArgumentException(id);
    }
    nodes.put(id, node(id, old.roles(), old.viewers(), old.load().busyCores(), true));
  }

  void ingest(String id) {
    nodes.put(id, node(id, Set.of("ingest", "origin"), Optional.empty(), 0.1, false));
  }

  void copy(StreamPath path, String node, StreamCopy.Kind kind, StreamCopy.State state) {
    List<StreamCopy> all = new ArrayList<>(copies.getOrDefault(path, List.of()));
    all.removeIf(each -> each.node().equals(node) && each.kind() == kind);
    all.add(new StreamCopy(node, kind, state, 1000));
    copies.put(path, List.copyOf(all));
  }

  EdgeCluster cluster() {
    return new EdgeCluster(
        this::facts,
        () -> Set.copyOf(copies.keySet()),
        path -> copies.getOrDefault(path, List.of()),
        this::report,
        viewerSalt,
        Duration.ofSeconds(5),
        new ClusterAdmin(
            TOKEN::equals,
            this::drain,
            () -> CompletableFuture.completedFuture(settings.getFirst()),
            this::change,
            () -> CompletableFuture.completedFuture(List.copyOf(settings)),
            this::rollback));
  }

  ClusterFacts facts() {
    List<ClusterNode> all = new ArrayList<>(nodes.values());
    all.sort((one, other) -> one.name().compareTo(other.name()));
    return new ClusterFacts("test", "a", "a", 7, settings.getFirst().revision(), differences, all);
  }

  private CompletionStage<String> report(String node) {
    asked.add(node);
    return reports.getOrDefault(node, CompletableFuture.completedFuture("{}"));
  }

  private CompletionStage<Void> drain(String node, Optional<Duration> deadline) {
    if (!nodes.containsKey(node)) {
      throw new NoSuchElementException("there is no node " + node);
    }
    drained.add(node + deadline.map(each -> " in " + each.toSeconds() + " s").orElse(""));
    return CompletableFuture.completedFuture(null);
  }

  private CompletionStage<SettingsRevision> change(SettingsChange change) {
    SettingsRevision newest = settings.getFirst();
    if (!change.ifRevision().equals(OptionalLong.empty())
        && change.ifRevision().getAsLong() != newest.revision()) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("the newest revision is " + newest.revision()));
    }
    Map<String, String> values = new HashMap<>(newest.values());
    change.remove().forEach(values::remove);
    values.putAll(change.set());
    return revision(values, change.by());
  }

  private CompletionStage<SettingsRevision> rollback(long revision) {
    return settings.stream()
        .filter(each -> each.revision() == revision)
        .findFirst()
        .map(each -> revision(each.values(), "rollback"))
        .orElseThrow(() -> new NoSuchElementException("no revision " + revision));
  }

  private CompletionStage<SettingsRevision> revision(Map<String, String> values, String by) {
    SettingsRevision made =
        new SettingsRevision(settings.getFirst().revision() + 1, Instant.EPOCH, by, values);
    settings.addFirst(made);
    return CompletableFuture.completedFuture(made);
  }

  private ClusterNode node(
      String id, Set<String> roles, Optional<URI> viewers, double busy, boolean draining) {
    return new ClusterNode(
        id,
        "node " + id,
        roles,
        "1.0",
        1,
        URI.create("https://10.0.0.1:7000"),
        viewers,
        Optional.empty(),
        new ClusterNode.Load(1, busy, 0, 0, 0, 0, 0),
        draining,
        Instant.EPOCH,
        settings.getFirst().revision(),
        "",
        0,
        0);
  }
}
