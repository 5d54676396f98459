package dev.millrace.relay.mesh;

import dev.millrace.media.StreamPath;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All renditions that somebody named, wants or told of. Mesh's executor. */
final class Renditions {
  private static final int MAX = 4096;

  private final Map<StreamPath, Map<String, Rendition>> streams = new LinkedHashMap<>();
  private int count;

  Optional<Rendition> get(StreamPath path, String name) {
    return Optional.ofNullable(streams.getOrDefault(path, Map.of()).get(name));
  }

  /** The one of this name; empty if there are too many. */
  Optional<Rendition> make(StreamPath path, String name) {
    Optional<Rendition> known = get(path, name);
    if (known.isPresent() || count >= MAX) {
      return known;
    }
    Rendition made = new Rendition(path, name);
    streams.computeIfAbsent(path, any -> new LinkedHashMap<>()).put(name, made);
    count++;
    return Optional.of(made);
  }

  Collection<Rendition> of(StreamPath path) {
    return streams.getOrDefault(path, Map.of()).values();
  }

  List<Rendition> all() {
    return streams.values().stream().flatMap(each -> each.values().stream()).toList();
  }

  /** Forgets those that nobody needs and of which nothing is kept. */
  void sweep() {
    streams
        .values()
        .removeIf(
            names -> {
              int before = names.size();
              names.values().removeIf(each -> each.isIdle() && each.objects.isEmpty());
              count -= before - names.size();
              return names.isEmpty();
            });
  }
}
