package dev.millrace.server.e2e;

import dev.millrace.server.chaos.Player;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A low-latency player of streams on nodes under test. */
final class PlayerUnderTest extends Player {
  /** All parts of all players of this JVM: a name must mean the same bytes everywhere. */
  private static final Map<String, String> BYTES = new ConcurrentHashMap<>();

  private PlayerUnderTest(List<URI> edges, String path, List<String> names) {
    super(edges, path, names, BYTES);
  }

  /** Plays {@code live/NAME}, of which every edge has the multivariant playlist already. */
  static PlayerUnderTest start(String name, NodeUnderTest... edges) {
    return start(name, List.of("video", "audio"), edges);
  }

  /** The same with these renditions. */
  static PlayerUnderTest start(String name, List<String> renditions, NodeUnderTest... edges) {
    List<URI> addresses =
        Stream.of(edges).map(each -> each.http("/hls/live/" + name + "/")).toList();
    return new PlayerUnderTest(addresses, "live/" + name, renditions);
  }

  /**
   * SHA-256 in hex of what all players of this JVM received of a stream, by PATH/RENDITION/FILE.
   */
  static Map<String, String> received(String path) {
    return BYTES.entrySet().stream()
        .filter(each -> each.getKey().startsWith(path + "/"))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** What it has had until now. */
  Moment now() {
    return new Moment(this, parts(), stalledMillis());
  }

  /** What a player had at a moment. */
  record Moment(PlayerUnderTest player, int parts, long stalledMillis) {
    int partsSince() {
      return player.parts() - parts;
    }

    long stalledMillisSince() {
      return player.stalledMillis() - stalledMillis;
    }
  }
}
