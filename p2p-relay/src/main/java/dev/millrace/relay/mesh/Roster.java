package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogPosition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The relays of the site, and the trees of each stream among them. A new list of relays takes
 * effect for a stream at its next segment, and who is new in it is a leaf for one segment (section
 * 6). Mesh's executor.
 */
final class Roster {
  private static final int NEIGHBOURS = 4;

  /** Trees as they were made of one list of relays. */
  private record Grown(StripeTrees trees, Set<Bytes> of, long version, boolean withNewcomers) {}

  private final Ground ground;
  private final Map<StreamPath, Grown> grown = new HashMap<>();
  private final List<Bytes> neighbours = new ArrayList<>();
  private Map<Bytes, SiteRelay> relays = new LinkedHashMap<>();
  private long version;

  Roster(Ground ground) {
    this.ground = ground;
    relays.put(ground.id(), ground.self());
  }

  /** Takes a new list of relays. */
  void site(Collection<SiteRelay> all) {
    Map<Bytes, SiteRelay> next = new LinkedHashMap<>();
    next.put(ground.id(), ground.self());
    all.forEach(relay -> next.putIfAbsent(relay.id(), relay));
    if (next.equals(relays)) {
      return;
    }
    relays = next;
    version++;
    neighbours.retainAll(relays.keySet());
    List<Bytes> others = new ArrayList<>(relays.keySet());
    others.remove(ground.id());
    others.removeAll(neighbours);
    while (neighbours.size() < NEIGHBOURS && !others.isEmpty()) {
      neighbours.add(others.remove(ground.random().nextInt(others.size())));
    }
  }

  Collection<SiteRelay> relays() {
    return relays.values();
  }

  boolean has(Bytes relay) {
    return relays.containsKey(relay);
  }

  /** Those of whom this relay asks what they have, whatever the trees are. */
  List<Bytes> neighbours() {
    return neighbours;
  }

  StripeTrees trees(StreamPath path) {
    Grown known = grown.get(path);
    return known == null ? grow(path, Set.of()) : known.trees();
  }

  /**
   * A segment of the stream begins.
   *
   * @return whether the trees are others from here on
   */
  boolean boundary(StreamPath path) {
    Grown known = grown.get(path);
    if (known == null || (known.version() == version && !known.withNewcomers())) {
      return false;
    }
    Set<Bytes> newcomers = new HashSet<>(relays.keySet());
    newcomers.removeAll(known.of());
    newcomers.remove(ground.id());
    grow(path, newcomers);
    return true;
  }

  /** Nobody asks for the stream any more. */
  void forget(StreamPath path) {
    grown.remove(path);
  }

  private StripeTrees grow(StreamPath path, Set<Bytes> newcomers) {
    StripeTrees trees = new StripeTrees(path.toString(), relays.values(), newcomers);
    grown.put(path, new Grown(trees, Set.copyOf(relays.keySet()), version, !newcomers.isEmpty()));
    return trees;
  }

  /** Which ticket of an object this relay has: 0 to 2; -1 for none (section 7, control 3). */
  int ticket(LogPosition at, int tickets) {
    int place = Rendezvous.place(at.toString(), ground.self(), relays.values(), tickets);
    return place < tickets ? place : -1;
  }
}
