package dev.millrace.relay.mesh.cast;

import dev.millrace.relay.mesh.Frame;
import dev.millrace.relay.mesh.PartName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What this sender calls its tracks, and says in turn: news first. A number means one track for as
 * long as the session lasts. The mesh's executor.
 */
final class Beacons {
  private static final int MAX_TRACKS = 16;
  private static final int MAX_NUMBER = 0xFFFF;

  /** What a datagram has room for, behind the rest of a BEACON. */
  private static final int MAX_BYTES = 1300;

  private static final int NUMBER_AND_LENGTHS = 5;

  private final Map<PartName.Track, Integer> numbers = new LinkedHashMap<>();
  private final Set<PartName.Track> turn = new LinkedHashSet<>();

  /** What a track is called; 0 if there are no numbers left. */
  int number(PartName.Track track) {
    Integer known = numbers.get(track);
    if (known != null) {
      return known;
    }
    if (numbers.size() >= MAX_NUMBER) {
      return 0;
    }
    int number = numbers.size() + 1;
    numbers.put(track, number);
    List<PartName.Track> others = List.copyOf(turn);
    turn.clear();
    turn.add(track);
    turn.addAll(others);
    return number;
  }

  /** The tracks of the next BEACON, of those that are fed. */
  List<Frame.Track> next(Collection<PartName.Track> fed) {
    fed.forEach(this::number);
    turn.addAll(fed);
    turn.retainAll(numbers.keySet());
    List<Frame.Track> next = new ArrayList<>();
    List<PartName.Track> said = new ArrayList<>();
    int bytes = 0;
    for (PartName.Track track : turn) {
      Frame.Track named =
          new Frame.Track(
              number(track), track.path().app(), track.path().name(), track.rendition());
      bytes += NUMBER_AND_LENGTHS;
      bytes += named.app().length() + named.name().length() + named.rendition().length();
      if (bytes > MAX_BYTES || next.size() == MAX_TRACKS) {
        break;
      }
      next.add(named);
      said.add(track);
    }
    turn.removeAll(Set.copyOf(said));
    return next;
  }

  /** Whether a track has a number. */
  boolean knows(PartName.Track track) {
    return numbers.containsKey(track);
  }

  /** All is forgotten: another session begins. */
  void clear() {
    numbers.clear();
    turn.clear();
  }
}
