package dev.millrace.cluster.settings;

import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.Membership;
import dev.millrace.cluster.NodeInfo;
import dev.millrace.cluster.NodeSettings;
import dev.millrace.cluster.Scheduler;
import dev.millrace.cluster.Topics;
import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings of the whole cluster at one node. The rules:
 *
 * <ol>
 *   <li>A change is made on one node, its author, from the revision that is in force there; if
 *       another one is meanwhile, it is refused ({@link SettingsChange.Conflict}). It becomes the
 *       revision with the next number, is written to the author's file, and then told to all.
 *   <li>Revisions never change. Every node keeps the newest {@value History#KEPT} of all that it
 *       has heard of, by number and, where two nodes made the same number apart from each other, by
 *       author; the newest is in force. So all nodes that hear of each other have the same, and the
 *       one that lost stays visible in the history.
 *   <li>Going back is a new revision with an old one's content.
 *   <li>Each node says in its section which revision it has, why it could not apply it if it could
 *       not, and a hash of its history. Where hashes differ for a while, the nodes tell each other
 *       what the other lacks; so does a node that joins.
 * </ol>
 *
 * <p>No majority is asked for: in a cut network both halves may change, and the higher number wins
 * when it heals. Any thread; a change waits for the disk. {@code apply} is called on the
 * scheduler's threads, one at a time, the newest revision only.
 */
public final class ClusterSettings implements AutoCloseable {
  /** Number of the topic. */
  static final int TOPIC = 1;

  private static final Logger log = LoggerFactory.getLogger(ClusterSettings.class);
  private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Membership membership;
  private final Topics topics;
  private final SettingsFile file;
  private final InstantSource wallClock;
  private final Scheduler scheduler;
  private final SettingsValidator validator;
  private final Function<Revision, Optional<String>> apply;
  private final Supplier<Map<String, Integer>> inForce;

  /** Guards all below. */
  private final Object lock = new Object();

  private History history;

  /** The newest that was applied, well or not, and the error. */
  private Revision applied = Revision.NONE;

  private String error = "";
  private boolean applying;

  /** The file lacks what others told. */
  private boolean unkept;

  private boolean closed;

  /** Whether the look before this one saw a difference, too: told changes need no repair. */
  private boolean differed;

  /**
   * @param file in the node's data folder
   * @param apply makes a revision's values effective; an error in one line if that failed
   * @param inForce a hash of the value by key, as it is after {@code apply}, to be told to others
   * @throws UncheckedIOException if the file is there and cannot be read
   */
  public ClusterSettings(
      Membership membership,
      Topics topics,
      Path file,
      InstantSource wallClock,
      Scheduler scheduler,
      SettingsValidator validator,
      Function<Revision, Optional<String>> apply,
      Supplier<Map<String, Integer>> inForce) {
    this.membership = membership;
    this.topics = topics;
    this.file = new SettingsFile(file);
    this.wallClock = wallClock;
    this.scheduler = scheduler;
    this.validator = validator;
    this.apply = apply;
    this.inForce = inForce;
    try {
      this.history = History.EMPTY.with(this.file.read());
    } catch (IOException e) {
      throw new UncheckedIOException("settings of the cluster", e);
    }
  }

  /** Begins to apply, to listen and to tell; once. */
  public void start() {
    topics.listen(TOPIC, this::received);
    synchronized (lock) {
      applyIfDue();
    }
    report();
    synchronized (lock) {
      differed = true; // who joins asks at once
    }
    scheduler.schedule(this::check, 0);
  }

  /**
   * Whether the newest revision that any node says it has is in force here. Who joins is not level
   * until the others have told it what they have.
   */
  public boolean isLevel() {
    ClusterView view = membership.view();
    synchronized (lock) {
      long current = history.current().number();
      return applied.equals(history.current())
          && view.nodes().stream().allMatch(node -> view.settings(node.id()).revision() <= current);
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
    }
  }

  /** What is in force; {@link Revision#NONE} before the first change. */
  public Revision current() {
    synchronized (lock) {
      return history.current();
    }
  }

  /** What is known, the newest first; beside those that were in force, those that lost. */
  public List<Revision> history() {
    synchronized (lock) {
      return history.newestFirst();
    }
  }

  /**
   * Changes some keys.
   *
   * @param expected number of the revision that the author of the change saw
   * @param changes new text by key; empty takes the key away
   */
  public SettingsChange change(
      long expected, Map<String, Optional<String>> changes, String comment) {
    synchronized (lock) {
      SortedMap<String, String> values = new TreeMap<>(history.current().values());
      changes.forEach(
          (key, value) ->
              value.ifPresentOrElse(text -> values.put(key, text), () -> values.remove(key)));
      return put(expected, values, comment);
    }
  }

  /**
   * Goes back to what was in force under an older number; 0 is nothing set.
   *
   * @param expected number of the revision that the author of the change saw
   */
  public SettingsChange rollback(long expected, long number, String comment) {
    synchronized (lock) {
      Optional<Revision> old =
          number == 0
              ? Optional.of(Revision.NONE)
              : history.newestFirst().stream()
                  .filter(revision -> revision.number() == number)
                  .findFirst();
      if (old.isEmpty()) {
        return new SettingsChange.Refused("revision " + number + " is not known (any more)");
      }
      return put(expected, old.get().values(), comment);
    }
  }

  private SettingsChange put(long expected, SortedMap<String, String> values, String comment) {
    Revision current = history.current();
    if (current.number() != expected) {
      return new SettingsChange.Conflict(current);
    }
    Revision next;
    try {
      next =
          new Revision(
              current.number() + 1,
              membership.view().self().id(),
              wallClock.instant().truncatedTo(ChronoUnit.MILLIS),
              comment,
              values);
    } catch (IllegalArgumentException e) {
      return new SettingsChange.Refused(String.valueOf(e.getMessage()));
    }
    Optional<String> refusal = validator.refusal(next.values());
    if (refusal.isPresent()) {
      return new SettingsChange.Refused(refusal.get());
    }
    History changed = history.with(List.of(next));
    try {
      file.write(changed.newestFirst());
    } catch (IOException e) {
      log.error("a change of the cluster's settings could not be kept", e);
      return new SettingsChange.Refused("it could not be written to the disk: " + e.getMessage());
    }
    history = changed;
    unkept = false;
    log.atInfo()
        .addKeyValue("reason", comment)
        .log("settings of the cluster: {} is in force", next);
    topics.broadcast(TOPIC, SettingsMessage.revision(next));
    applyIfDue();
    return new SettingsChange.Accepted(next);
  }

  private void received(String from, Bytes bytes) {
    try {
      switch (SettingsMessage.read(bytes)) {
        case SettingsMessage.Told(Revision revision) -> learn(from, List.of(revision));
        case SettingsMessage.Known(List<Long> hashes, boolean answer) ->
            compare(from, hashes, answer);
      }
    } catch (ProtocolException e) {
      log.atWarn().addKeyValue("node", from).log("bad settings passed over: {}", e.getMessage());
    }
  }

  private void learn(String from, Collection<Revision> told) {
    synchronized (lock) {
      Revision before = history.current();
      History merged = history.with(told);
      if (merged == history) {
        return;
      }
      history = merged;
      Revision now = merged.current();
      if (now.number() == before.number() && !now.equals(before)) {
        log.warn(
            "settings of the cluster: {} was made at the same time and wins over {}", now, before);
      } else if (!now.equals(before)) {
        log.atInfo().addKeyValue("node", from).log("settings of the cluster: {} is in force", now);
      }
      unkept = true;
      applyIfDue();
    }
  }

  /** Tells a node what it lacks, and lets it tell what is lacking here. */
  private void compare(String from, List<Long> hashes, boolean answer) {
    History known;
    synchronized (lock) {
      known = history;
    }
    known
        .without(hashes)
        .forEach(revision -> topics.send(TOPIC, from, SettingsMessage.revision(revision)));
    if (!answer && !known.hashes().containsAll(hashes)) {
      topics.send(TOPIC, from, SettingsMessage.known(known.hashes(), true));
    }
  }

  /** Under the lock. Applies on the scheduler's thread; says so in any case. */
  private void applyIfDue() {
    if (!applying) {
      applying = true;
      scheduler.schedule(this::applyNewest, 0);
    }
  }

  private void applyNewest() {
    while (true) {
      Revision newest;
      synchronized (lock) {
        keep();
        newest = history.current();
        if (closed || newest.equals(applied)) {
          applying = false;
          break;
        }
      }
      String failed = applied(newest);
      synchronized (lock) {
        applied = newest;
        error = failed;
      }
      report();
    }
    report();
  }

  private void keep() {
    if (unkept) {
      unkept = false;
      try {
        file.write(history.newestFirst());
      } catch (IOException e) {
        log.error("the cluster's settings could not be kept; they apply until a restart", e);
      }
    }
  }

  private String applied(Revision revision) {
    try {
      return apply.apply(revision).orElse("");
    } catch (RuntimeException e) {
      log.error("{} of the cluster's settings could not be applied", revision, e);
      return e.toString();
    }
  }

  /** Says in this node's section how far it is. */
  private void report() {
    NodeSettings now;
    synchronized (lock) {
      now =
          new NodeSettings(
              applied.number(), applied.author(), error, history.hash(), inForce.get());
    }
    membership.settings(now);
  }

  /** Looks for a node that knows something else, the one with the newest first. */
  private void check() {
    List<Long> hashes;
    long hash;
    synchronized (lock) {
      if (closed) {
        return;
      }
      hash = history.hash();
      hashes = history.hashes();
    }
    ClusterView view = membership.view();
    NodeInfo best = null;
    NodeSettings most = NodeSettings.NONE;
    for (NodeInfo node : new ArrayList<>(view.nodes())) {
      NodeSettings its = view.settings(node.id());
      boolean other = its.history() != hash && !node.id().equals(view.self().id());
      if (other && (best == null || its.revision() > most.revision())) {
        best = node;
        most = its;
      }
    }
    boolean ask = best != null && differed;
    differed = best != null && !differed;
    if (best != null && ask) {
      topics.send(TOPIC, best.id(), SettingsMessage.known(hashes, false));
    }
    scheduler.schedule(this::check, CHECK_NANOS);
  }
}
