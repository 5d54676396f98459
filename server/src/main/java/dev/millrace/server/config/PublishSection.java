package dev.millrace.server.config;

import dev.millrace.server.config.NodeConfig.Publish;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks the section {@code publish} as a whole. */
final class PublishSection {
  private PublishSection() {}

  /**
   * Reads it.
   *
   * @throws ConfigException if a value does not go with the others
   */
  static Publish read(Settings settings) {
    List<PublishKey> keys = settings.get(ConfigKeys.PUBLISH_KEYS);
    Set<String> seen = new HashSet<>();
    for (PublishKey key : keys) {
      if (!seen.add(key.path().app() + "/" + key.key())) {
        throw new ConfigException(
            settings.place(ConfigKeys.PUBLISH_KEYS)
                + " has the key of "
                + key.path()
                + " twice in this application, expected different keys");
      }
    }
    return new Publish(
        settings.get(ConfigKeys.PUBLISH_OPEN),
        settings.get(ConfigKeys.PUBLISH_RECONNECT_WINDOW),
        settings.get(ConfigKeys.PUBLISH_QUEUE_FRAMES),
        settings.get(ConfigKeys.PUBLISH_QUEUE_SIZE),
        keys);
  }
}
