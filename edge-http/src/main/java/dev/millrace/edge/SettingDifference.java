package dev.millrace.edge;

import java.util.List;

/**
 * A setting that is not the same at all nodes whose roles read it.
 *
 * @param key for example {@code origin.replicas}
 * @param nodes names of nodes, those with the same value together, the largest party first
 */
public record SettingDifference(String key, List<List<String>> nodes) {
  public SettingDifference {
    nodes = nodes.stream().map(List::copyOf).toList();
  }
}
