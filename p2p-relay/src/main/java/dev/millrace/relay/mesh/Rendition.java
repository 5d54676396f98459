package dev.millrace.relay.mesh;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartEntry;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one rendition of a stream: who wants it, who was told so, and its parts.
 * Compared by identity: there is one for each (see {@link Renditions}). Mesh's executor.
 */
final class Rendition {
  private static final long MAX_DEADLINE = Ground.ms(300);
  private static final long MIN_DEADLINE = Ground.ms(50);

  /** What a peer asked for. */
  record Asked(int stripes, long fromMsn) {
    boolean covers(int stripe, long msn) {
      return (stripes >> stripe & 1) == 1 && msn >= fromMsn;
    }

    /** Whether all of it is to come by multicast. */
    boolean listens() {
      return (stripes & Frame.MULTICAST) != 0;
    }
  }

  final StreamPath path;
  final String name;

  /** Players here watch it. */
  boolean wanted;

  /** Its parents were asked. */
  boolean active;

  /** Those who named it, and of whom some ask for stripes. */
  final Map<Peer, Asked> named = new LinkedHashMap<>();

  /** To whom chunks go, or symbols. */
  final Set<Peer> children = new LinkedHashSet<>();

  final NavigableMap<LogPosition, ObjectState> objects = new TreeMap<>();

  /** The last that was signed. */
  @Nullable LogPosition newest;

  /** Of those that are forgotten; nothing up to it is taken again. */
  @Nullable LogPosition forgotten;

  private final PartName.Track track;

  /** When the last object was complete here. */
  long cameAt;

  private long longestUs;

  Rendition(StreamPath path, String name) {
    this.path = path;
    this.name = name;
    this.track = new PartName.Track(path, name);
  }

  /** By what multicast knows it. */
  PartName.Track track() {
    return track;
  }

  /** Whether players here or relays below need its parts. */
  boolean needed() {
    return wanted || !children.isEmpty();
  }

  /** The stripes that are needed: all for players here, else those that relays below ask for. */
  int stripes() {
    if (wanted) {
      return StripeTrees.ALL;
    }
    int stripes = 0;
    for (Peer child : children) {
      Asked asked = named.get(child);
      stripes |= asked == null ? 0 : asked.listens() ? StripeTrees.ALL : asked.stripes();
    }
    return stripes;
  }

  /** Whether somebody listens to it by multicast. */
  boolean isListenedTo() {
    return children.stream().anyMatch(this::listens);
  }

  /** Whether a peer subscribed by multicast. */
  boolean listens(Peer peer) {
    Asked asked = named.get(peer);
    return asked != null && asked.listens();
  }

  /** Whether nobody here or elsewhere has anything to do with it. */
  boolean isIdle() {
    return !needed() && named.isEmpty();
  }

  /** Learns how long parts are. */
  void sees(PartEntry entry) {
    longestUs = Math.max(longestUs, entry.durationUs());
  }

  /** D of section 7: 0.9 part targets, at most 300 ms; nanoseconds. */
  long deadline() {
    return Math.clamp(longestUs * 900, MIN_DEADLINE, MAX_DEADLINE);
  }

  /** Whether a part is behind what can still come. */
  boolean isOver(LogPosition at) {
    return (forgotten != null && at.compareTo(forgotten) <= 0)
        || (newest != null && at.compareTo(newest) <= 0 && !objects.containsKey(at));
  }

  @Override
  public String toString() {
    return path + " " + name;
  }
}
