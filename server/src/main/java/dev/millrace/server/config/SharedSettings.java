package dev.millrace.server.config;

import dev.millrace.cluster.NodeRole;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

/** What can be set for a whole cluster at run time, without dropping a stream. */
public final class SharedSettings {
  private static final Set<NodeRole> INGEST = Set.of(NodeRole.INGEST);
  private static final Set<NodeRole> KEEPERS = Set.of(NodeRole.INGEST, NodeRole.ORIGIN);

  /** A key and the roles that read it; where none is offered its value means nothing. */
  private record Shared(ConfigKey<?> key, Set<NodeRole> readers) {
    String path() {
      return key.path();
    }

    String text(Settings settings) {
      return text(settings, key);
    }

    private static <T> String text(Settings settings, ConfigKey<T> key) {
      return key.type().writer().apply(settings.get(key));
    }
  }

  private static final List<Shared> ALL =
      List.of(
          new Shared(ConfigKeys.PUBLISH_OPEN, INGEST),
          new Shared(ConfigKeys.PUBLISH_RECONNECT_WINDOW, KEEPERS),
          new Shared(ConfigKeys.PUBLISH_KEYS, INGEST),
          new Shared(TranscodeKeys.LADDER, INGEST),
          new Shared(TranscodeKeys.TABLE, INGEST),
          new Shared(TranscodeKeys.HEVC, INGEST),
          new Shared(TranscodeKeys.AUDIO_BITRATES, INGEST),
          new Shared(ClusterKeys.ORIGIN_REPLICAS, KEEPERS),
          new Shared(ClusterKeys.ORIGIN_CLASSES, KEEPERS));

  private SharedSettings() {}

  /**
   * A node with the settings of its whole cluster over its own.
   *
   * @param values text by key
   * @throws ConfigException if a key cannot be shared, or a value makes no sense
   */
  public static NodeConfig over(NodeConfig node, Map<String, String> values) {
    List<Assignment<?>> over = new ArrayList<>();
    values.forEach(
        (path, text) -> over.add(new Assignment<>(key(path), text, "the cluster's settings")));
    return NodeConfig.of(node.basis().settings().with(over), node.basis().host());
  }

  private static ConfigKey<?> key(String path) {
    List<String> known = ALL.stream().map(Shared::path).toList();
    return ALL.stream()
        .filter(each -> each.path().equals(path))
        .findFirst()
        .map(Shared::key)
        .orElseThrow(
            () ->
                new ConfigException(
                    path
                        + " cannot be set for the whole cluster"
                        + NearestName.hint(path, known)
                        + "; what can: "
                        + String.join(", ", known)));
  }

  /**
   * A hash of what is in force at a node by key, of the keys that its roles read: nodes compare
   * theirs without telling the values, which are secret in part.
   */
  public static Map<String, Integer> inForce(NodeConfig node) {
    Map<String, Integer> hashes = new HashMap<>();
    for (Shared each : ALL) {
      if (!Collections.disjoint(each.readers(), node.roles())) {
        hashes.put(each.path(), hash(each.text(node.basis().settings())));
      }
    }
    return hashes;
  }

  private static int hash(String text) {
    CRC32C checksum = new CRC32C();
    checksum.update(text.getBytes(StandardCharsets.UTF_8));
    return (int) checksum.getValue();
  }
}
