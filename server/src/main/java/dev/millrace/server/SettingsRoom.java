package dev.millrace.server;

import dev.millrace.cluster.settings.ClusterSettings;
import dev.millrace.cluster.settings.Revision;
import dev.millrace.edge.SettingsChange;
import dev.millrace.edge.SettingsRevision;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.config.SharedSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings of the whole cluster at this node: kept over its restarts, put over its own
 * configuration, and made effective without dropping a stream. Any thread.
 */
final class SettingsRoom implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SettingsRoom.class);
  private static final String FILE = "cluster-settings";

  /** For another node's answer when this one joins. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration LOOK = Duration.ofMillis(10);

  private final NodeServices node;
  private final List<Consumer<NodeConfig>> listeners = new CopyOnWriteArrayList<>();
  private volatile NodeConfig effective;
  private volatile Optional<ClusterSettings> settings = Optional.empty();

  SettingsRoom(NodeServices node) {
    this.node = node;
    this.effective = node.config();
  }

  /** This node's configuration with the cluster's settings over it. */
  NodeConfig effective() {
    return effective;
  }

  /** Adds a listener that makes a changed configuration effective; one call at a time. */
  void onChange(Consumer<NodeConfig> listener) {
    listeners.add(listener);
  }

  /**
   * Learns what the others have, and makes it effective before it returns, if they answer in time;
   * once, when the cluster was joined.
   *
   * @throws ConfigException if what was kept cannot be read
   */
  void start(ClusterRoom cluster) {
    try {
      ClusterSettings opened =
          new ClusterSettings(
              cluster.group(),
              cluster.group(),
              node.folder().path().resolve(FILE),
              node.wall(),
              cluster::later,
              this::refusal,
              this::apply,
              () -> SharedSettings.inForce(effective));
      settings = Optional.of(opened);
      opened.start();
      awaitOthers(opened);
    } catch (java.io.UncheckedIOException e) {
      throw new ConfigException(
          "the cluster's settings in " + node.folder().path() + " cannot be read: " + e);
    }
  }

  /** Nobody is to be let in by settings that the cluster has left behind. */
  private void awaitOthers(ClusterSettings opened) {
    long deadline = node.nanoTime().getAsLong() + PATIENCE.toNanos();
    while (!opened.isLevel()) {
      if (node.nanoTime().getAsLong() > deadline) {
        log.warn(
            "the cluster's settings were not told within {} s; this node begins with {}",
            PATIENCE.toSeconds(),
            opened.current());
        return;
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  private Optional<String> refusal(SortedMap<String, String> values) {
    try {
      SharedSettings.over(node.config(), values);
      return Optional.empty();
    } catch (ConfigException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private Optional<String> apply(Revision revision) {
    NodeConfig changed;
    try {
      changed = SharedSettings.over(node.config(), revision.values());
    } catch (ConfigException e) {
      return Optional.of(String.valueOf(e.getMessage())); // of a newer version, perhaps
    }
    effective = changed;
    listeners.forEach(listener -> listener.accept(changed));
    return Optional.empty();
  }

  /** What is in force. */
  CompletionStage<SettingsRevision> current() {
    return task(() -> told(opened().current()));
  }

  /** What is kept, newest first. */
  CompletionStage<List<SettingsRevision>> history() {
    return task(() -> opened().history().stream().map(SettingsRoom::told).toList());
  }

  /** Makes a new revision. */
  CompletionStage<SettingsRevision> change(SettingsChange wanted) {
    Map<String, Optional<String>> changes = new HashMap<>();
    wanted.set().forEach((key, text) -> changes.put(key, Optional.of(text)));
    wanted.remove().forEach(key -> changes.put(key, Optional.empty()));
    return task(
        () -> {
          long expected = wanted.ifRevision().orElseGet(() -> opened().current().number());
          return outcome(opened().change(expected, changes, wanted.by()));
        });
  }

  /** Makes a new revision of an old one. */
  CompletionStage<SettingsRevision> rollback(long revision) {
    return task(
        () ->
            outcome(
                opened()
                    .rollback(opened().current().number(), revision, "rollback to " + revision)));
  }

  private static SettingsRevision outcome(dev.millrace.cluster.settings.SettingsChange what) {
    return switch (what) {
      case dev.millrace.cluster.settings.SettingsChange.Accepted(Revision now) -> told(now);
      case dev.millrace.cluster.settings.SettingsChange.Refused(String reason) ->
          throw new IllegalArgumentException(reason);
      case dev.millrace.cluster.settings.SettingsChange.Conflict(Revision now) ->
          throw new IllegalStateException(
              "revision " + now.number() + " is in force meanwhile; look at it and try again");
    };
  }

  private static SettingsRevision told(Revision revision) {
    return new SettingsRevision(
        revision.number(), revision.at(), revision.comment(), revision.values());
  }

  private ClusterSettings opened() {
    return settings.orElseThrow(
        () -> new IllegalStateException("this node is still on its way into the cluster"));
  }

  /** A change waits for the disk, which event loops must not. */
  private <T> CompletionStage<T> task(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, node.tasks());
  }

  @Override
  public void close() {
    settings.ifPresent(ClusterSettings::close);
  }
}
