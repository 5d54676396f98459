package dev.millrace.cluster.settings;

import java.util.Optional;
import java.util.SortedMap;

/** Says whether settings make sense, before they are told to anyone. Any thread. */
@FunctionalInterface
public interface SettingsValidator {
  /** Why not, in one line that names the key; empty if they do. */
  Optional<String> refusal(SortedMap<String, String> values);
}
