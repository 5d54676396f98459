package dev.millrace.edge;

import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What an operator wants changed in the cluster's settings; keys that are not named stay.
 *
 * @param ifRevision only if this is the newest revision
 * @param set new values by key
 * @param remove keys that go back to each node's own configuration
 * @param by who, for people
 */
public record SettingsChange(
    OptionalLong ifRevision, Map<String, String> set, Set<String> remove, String by) {
  public SettingsChange {
    set = Map.copyOf(set);
    remove = Set.copyOf(remove);
  }
}
