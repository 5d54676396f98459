package dev.millrace.cluster;

import dev.millrace.cluster.channel.MemberId;
import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to be told to the group with the next batch. However often something changes between two
 * batches, it is told once, as it is then; so what waits here is bounded by what this node has.
 * Used under the membership's lock.
 */
final class Outbox {
  /** Messages of topics that may wait; beyond it the oldest is lost. */
  private static final int MAX_TOPICAL = 512;

  /**
   * A message on its way out.
   *
   * @param to null for all
   */
  record Outgoing(@Nullable MemberId to, Bytes message) {}

  private final Directory directory;
  private final Set<Delta.Released> changed = new LinkedHashSet<>();
  private boolean infoChanged;
  private boolean settingsChanged;
  private boolean still;
  private boolean sectionToAll;
  private final Set<MemberId> sectionTo = new LinkedHashSet<>();
  private final Set<MemberId> ask = new LinkedHashSet<>();
  private final Deque<Outgoing> topical = new ArrayDeque<>();

  Outbox(Directory directory) {
    this.directory = directory;
  }

  void holding(StreamPath path, Holding.Kind kind) {
    changed.add(new Delta.Released(path, kind));
  }

  void info() {
    infoChanged = true;
  }

  void settings() {
    settingsChanged = true;
  }

  /** Say that nothing changed. */
  void still() {
    still = true;
  }

  void sectionTo(MemberId member) {
    sectionTo.add(member);
  }

  void sectionToAll() {
    sectionToAll = true;
  }

  void ask(MemberId member) {
    ask.add(member);
  }

  /** Whether one was lost for it. */
  boolean topical(@Nullable MemberId to, Bytes message) {
    topical.add(new Outgoing(to, message));
    return topical.size() > MAX_TOPICAL && topical.poll() != null;
  }

  boolean isEmpty() {
    return changed.isEmpty()
        && !infoChanged
        && !settingsChanged
        && !still
        && !sectionToAll
        && sectionTo.isEmpty()
        && ask.isEmpty()
        && topical.isEmpty();
  }

  /** Takes all that is to be told, in order. */
  List<Outgoing> take(Set<MemberId> others) {
    List<Outgoing> out = new ArrayList<>();
    if (infoChanged || settingsChanged || !changed.isEmpty()) {
      changes().forEach(message -> out.add(new Outgoing(null, message)));
    } else if (still) {
      out.add(new Outgoing(null, MessageWriter.still(directory.own().version())));
    }
    sectionTo.retainAll(others);
    if (sectionToAll || !sectionTo.isEmpty()) {
      List<Bytes> pieces = MessageWriter.section(directory.own());
      if (sectionToAll) {
        pieces.forEach(piece -> out.add(new Outgoing(null, piece)));
      } else {
        sectionTo.forEach(to -> pieces.forEach(piece -> out.add(new Outgoing(to, piece))));
      }
    }
    ask.forEach(member -> out.add(new Outgoing(member, MessageWriter.want())));
    out.addAll(topical);
    infoChanged = false;
    settingsChanged = false;
    still = false;
    sectionToAll = false;
    changed.clear();
    sectionTo.clear();
    ask.clear();
    topical.clear();
    if (others.isEmpty()) {
      return List.of();
    }
    out.removeIf(each -> each.to() != null && !others.contains(each.to()));
    return out;
  }

  private List<Bytes> changes() {
    Section own = directory.own();
    Set<Holding> held = new LinkedHashSet<>();
    Set<Delta.Released> released = new HashSet<>();
    for (Delta.Released each : changed) {
      List<Holding> ofPath = own.holdings().get(each.path());
      Holding now = null;
      for (Holding holding : ofPath == null ? List.<Holding>of() : ofPath) {
        now = holding.kind() == each.kind() ? holding : now;
      }
      if (now == null) {
        released.add(each);
      } else {
        held.add(now);
      }
    }
    List<Bytes> messages =
        MessageWriter.changes(
            own.version(),
            infoChanged ? own.info() : null,
            settingsChanged ? own.settings() : null,
            List.copyOf(held),
            List.copyOf(released));
    Version version = own.version();
    directory.ownVersion(new Version(version.incarnation(), version.counter() + messages.size()));
    return messages;
  }
}
