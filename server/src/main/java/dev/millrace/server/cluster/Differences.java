package dev.millrace.server.cluster;

import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.NodeInfo;
import dev.millrace.edge.SettingDifference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is configured in another way at some nodes, by the hashes that they tell of what is in force
 * at them. Pure.
 */
final class Differences {
  private Differences() {}

  static List<SettingDifference> of(ClusterView view) {
    SortedMap<String, Map<Integer, List<String>>> namesByValue = new TreeMap<>();
    for (NodeInfo node : view.nodes()) {
      view.settings(node.id())
          .inForce()
          .forEach(
              (key, hash) ->
                  namesByValue
                      .computeIfAbsent(key, any -> new TreeMap<>())
                      .computeIfAbsent(hash, any -> new ArrayList<>())
                      .add(node.name()));
    }
    List<SettingDifference> differences = new ArrayList<>();
    namesByValue.forEach(
        (key, values) -> {
          if (values.size() > 1) {
            differences.add(new SettingDifference(key, parties(values)));
          }
        });
    return differences;
  }

  private static List<List<String>> parties(Map<Integer, List<String>> values) {
    return values.values().stream()
        .map(names -> names.stream().sorted().toList())
        .sorted(
            Comparator.<List<String>>comparingInt(names -> -names.size())
                .thenComparing(List::getFirst))
        .toList();
  }
}
