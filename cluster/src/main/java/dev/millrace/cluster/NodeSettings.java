package dev.millrace.cluster;

import java.util.Map;

/**
 * How far a node is with the settings of the whole cluster, and what is in force at it, so that
 * what differs between nodes is visible.
 *
 * @param revision number of the newest revision that it has; 0 for none
 * @param author id of the node that wrote that revision; empty for none
 * @param error why it could not apply that revision, one line; empty where it could
 * @param history a hash of the revisions that it knows; nodes with the same one know the same
 * @param inForce a hash of the value by key, of the keys that this node's roles read, wherever the
 *     value comes from; at most {@value #MAX_KEYS} keys of at most {@value #MAX_KEY_LENGTH} letters
 */
public record NodeSettings(
    long revision, String author, String error, long history, Map<String, Integer> inForce) {
  static final int MAX_KEYS = 32;
  static final int MAX_KEY_LENGTH = 64;

  /** None known yet. */
  public static final NodeSettings NONE = new NodeSettings(0, "", "", 0, Map.of());

  public NodeSettings {
    inForce = Map.copyOf(inForce);
    if (inForce.size() > MAX_KEYS
        || inForce.keySet().stream().anyMatch(key -> key.length() > MAX_KEY_LENGTH)) {
      throw new IllegalArgumentException(
          "%d keys, at most %d of %d letters can be told"
              .formatted(inForce.size(), MAX_KEYS, MAX_KEY_LENGTH));
    }
  }
}
