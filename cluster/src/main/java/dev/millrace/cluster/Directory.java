package dev.millrace.cluster;

import dev.millrace.cluster.Holders.Holder;
import dev.millrace.cluster.PathMap.Change;
import dev.millrace.cluster.channel.MemberId;
import dev.millrace.media.StreamPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who has what, put together from what each node says of itself. The rules of merge, all of them:
 *
 * <ol>
 *   <li>Each node is the only writer of its <em>section</em>: itself, its settings, its holdings.
 *       Nobody passes on what another said, so two sections never contradict each other.
 *   <li>A section has a {@link Version}: the node's incarnation, and a counter of the messages in
 *       which it told changes. A whole section of a higher version replaces the one that is known;
 *       of the same or a lower one it is ignored ({@link Outcome#OLD}).
 *   <li>A delta of version n is laid on version n - 1 of the same incarnation and on nothing else.
 *       At n or above it is ignored; below, or where nothing is known, its base is missing ({@link
 *       Outcome#GAP}) and the whole section must be asked for.
 *   <li>A section lives as long as its member is in the group: {@link #group} drops the sections of
 *       members that left, and what is said by a member outside the group is refused ({@link
 *       Outcome#STRANGER}), since nothing would ever drop it. A member that left and is back has
 *       said nothing yet.
 *   <li>Two members with one node id are two lives of one node: the higher incarnation (a tie: the
 *       greater member id) is the node, the other one is as if it had left ({@link
 *       Outcome#SUPERSEDED}). A member with this node's own id is ignored whatever its incarnation
 *       ({@link Outcome#OWN_ID}, once).
 * </ol>
 *
 * <p>From these follows what the model test checks: the view is a function of the newest versions
 * that arrived from the present members, whatever the order, repetition or loss of messages on the
 * way there. Epochs decide nothing here, they only order the holders of a stream ({@link Holders}).
 *
 * <p>Used under one lock; the views that it gives are immutable.
 */
final class Directory {
  /** What became of a message. */
  enum Outcome {
    /** Something may have changed. */
    APPLIED,
    OLD,
    GAP,
    STRANGER,
    SUPERSEDED,
    OWN_ID
  }

  private final Map<MemberId, Section> others = new HashMap<>();
  private final Set<MemberId> present = new HashSet<>();
  private final Set<MemberId> superseded = new HashSet<>();
  private Section own;
  private @Nullable MemberId coordinator;
  private PathMap<List<Holder>> index = PathMap.empty();
  private long changes = 1;
  private @Nullable Snapshot snapshot;

  /** Begins with this node alone, which has nothing. */
  Directory(NodeInfo self) {
    this.own =
        new Section(
            new Version(self.startedAt().toEpochMilli(), 0),
            self,
            NodeSettings.NONE,
            PathMap.empty());
  }

  ClusterView view() {
    Snapshot known = snapshot;
    if (known == null) {
      Map<String, Section> byId = HashMap.newHashMap(others.size() + 1);
      others.values().forEach(section -> byId.put(section.info().id(), section));
      byId.put(own.info().id(), own);
      known = new Snapshot(changes, own, coordinatorId(), byId, index);
      snapshot = known;
    }
    return known;
  }

  /** This node's section. */
  Section own() {
    return own;
  }

  /** Sets this node's section's version; its content is what the methods below made it. */
  void ownVersion(Version version) {
    own = own.withVersion(version);
  }

  /** Whether that was a change; so the three below. */
  boolean info(NodeInfo info) {
    if (own.info().equals(info)) {
      return false;
    }
    own = own.withInfo(info);
    return changed();
  }

  boolean settings(NodeSettings settings) {
    if (own.settings().equals(settings)) {
      return false;
    }
    own = own.withSettings(settings);
    return changed();
  }

  boolean hold(Holding holding) {
    List<Holding> before = own.holdings().get(holding.path());
    if (before != null && before.contains(holding)) {
      return false;
    }
    own = laid(own, List.of(holding), List.of());
    return changed();
  }

  boolean release(StreamPath path, Holding.Kind kind) {
    List<Holding> before = own.holdings().get(path);
    if (before == null || before.stream().noneMatch(holding -> holding.kind() == kind)) {
      return false;
    }
    own = laid(own, List.of(), List.of(new Delta.Released(path, kind)));
    return changed();
  }

  /**
   * The group changed.
   *
   * @param members of it, without this one
   * @param first its coordinator; null if this node is it
   */
  void group(Set<MemberId> members, @Nullable MemberId first) {
    for (MemberId gone : present) {
      if (!members.contains(gone)) {
        drop(gone);
        // Whoever it had taken the place of may speak again.
        superseded.clear();
      }
    }
    present.clear();
    present.addAll(members);
    coordinator = first;
    changed();
  }

  /** A member told all of its section. */
  Outcome section(MemberId from, Section section) {
    Outcome refused = refusal(from, section.info(), section.version());
    if (refused != null) {
      return refused;
    }
    Section known = others.get(from);
    if (known != null && known.version().compareTo(section.version()) >= 0) {
      return Outcome.OLD;
    }
    drop(from);
    Change<List<Holder>> change = index.change();
    Change<List<Holding>> holdings = PathMap.<List<Holding>>empty().change();
    section
        .holdings()
        .forEach((path, ofPath) -> ofPath.forEach(each -> put(section, each, change, holdings)));
    others.put(from, section.withHoldings(holdings.done()));
    index = change.done();
    changed();
    return Outcome.APPLIED;
  }

  /** A member told what changed in its section. */
  Outcome delta(MemberId from, Delta delta) {
    if (!present.contains(from)) {
      return Outcome.STRANGER;
    }
    if (superseded.contains(from)) {
      return Outcome.SUPERSEDED;
    }
    Section known = others.get(from);
    if (known == null) {
      return Outcome.GAP;
    }
    if (known.version().compareTo(delta.version()) >= 0) {
      return Outcome.OLD;
    }
    if (!known.version().isBaseOf(delta.version())
        || (delta.info() != null && !delta.info().id().equals(known.info().id()))) {
      return Outcome.GAP;
    }
    Section after = laid(known, delta.held(), delta.released()).withVersion(delta.version());
    if (delta.info() != null) {
      after = after.withInfo(delta.info());
    }
    if (delta.settings() != null) {
      after = after.withSettings(delta.settings());
    }
    others.put(from, after);
    changed();
    return Outcome.APPLIED;
  }

  /** What is known of a member; null if nothing. */
  @Nullable Section known(MemberId member) {
    return others.get(member);
  }

  /** The member that is this node now. */
  Optional<MemberId> memberOf(String nodeId) {
    return others.entrySet().stream()
        .filter(other -> other.getValue().info().id().equals(nodeId))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** Members that should have told their section and have not. */
  Set<MemberId> silent() {
    Set<MemberId> silent = new HashSet<>(present);
    silent.removeAll(others.keySet());
    silent.removeAll(superseded);
    return silent;
  }

  private @Nullable Outcome refusal(MemberId from, NodeInfo info, Version version) {
    if (!present.contains(from)) {
      return Outcome.STRANGER;
    }
    if (info.id().equals(own.info().id())) {
      return superseded.add(from) ? Outcome.OWN_ID : Outcome.SUPERSEDED;
    }
    if (superseded.contains(from)) {
      return Outcome.SUPERSEDED;
    }
    for (Map.Entry<MemberId, Section> other : List.copyOf(others.entrySet())) {
      if (other.getKey().equals(from) || !other.getValue().info().id().equals(info.id())) {
        continue;
      }
      int newer = Long.compare(version.incarnation(), other.getValue().version().incarnation());
      if (newer == 0) {
        newer = from.text().compareTo(other.getKey().text());
      }
      MemberId loser = newer > 0 ? other.getKey() : from;
      drop(loser);
      superseded.add(loser);
      changed();
      if (loser.equals(from)) {
        return Outcome.SUPERSEDED;
      }
    }
    return null;
  }

  private void drop(MemberId member) {
    Section gone = others.remove(member);
    if (gone == null) {
      return;
    }
    Change<List<Holder>> change = index.change();
    gone.holdings().forEach((path, ofPath) -> without(gone.info().id(), path, change));
    index = change.done();
  }

  private static void without(String nodeId, StreamPath path, Change<List<Holder>> change) {
    List<Holder> before = change.get(path);
    if (before != null) {
      store(change, path, Holders.without(before, nodeId));
    }
  }

  /** The section with changes of its holdings, which the index follows. */
  private Section laid(Section section, List<Holding> held, List<Delta.Released> released) {
    if (held.isEmpty() && released.isEmpty()) {
      return section;
    }
    Change<List<Holder>> change = index.change();
    Change<List<Holding>> holdings = section.holdings().change();
    held.forEach(each -> put(section, each, change, holdings));
    for (Delta.Released each : released) {
      List<Holding> kept = others(holdings.get(each.path()), each.kind());
      if (kept.isEmpty()) {
        holdings.remove(each.path());
      } else {
        holdings.put(each.path(), List.copyOf(kept));
      }
      store(
          change,
          each.path(),
          Holders.with(change.get(each.path()), section.info().id(), each.kind(), null));
    }
    index = change.done();
    return section.withHoldings(holdings.done());
  }

  private void put(
      Section section,
      Holding holding,
      Change<List<Holder>> change,
      Change<List<Holding>> holdings) {
    StreamPath path = index.canonical(holding.path());
    Holding same =
        new Holding(path, holding.kind(), holding.state(), holding.epoch(), holding.owner());
    List<Holding> ofPath = others(holdings.get(path), holding.kind());
    ofPath.add(same);
    holdings.put(path, List.copyOf(ofPath));
    change.put(path, Holders.with(change.get(path), section.info().id(), holding.kind(), same));
  }

  private static List<Holding> others(@Nullable List<Holding> all, Holding.Kind kind) {
    List<Holding> others = new ArrayList<>(2);
    if (all != null) {
      for (Holding each : all) {
        if (each.kind() != kind) {
          others.add(each);
        }
      }
    }
    return others;
  }

  private static void store(Change<List<Holder>> change, StreamPath path, List<Holder> holders) {
    if (holders.isEmpty()) {
      change.remove(path);
    } else {
      change.put(path, holders);
    }
  }

  private String coordinatorId() {
    if (coordinator == null) {
      return own.info().id();
    }
    Section section = others.get(coordinator);
    return section == null ? "" : section.info().id();
  }

  private boolean changed() {
    changes++;
    snapshot = null;
    return true;
  }
}
