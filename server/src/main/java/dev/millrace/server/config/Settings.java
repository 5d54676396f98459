package dev.millrace.server.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The value of every key and where it came from. Immutable. */
public final class Settings {
  private final Map<ConfigKey<?>, Assigned<?>> assigned;

  private record Assigned<T>(T value, String where) {}

  private Settings(Map<ConfigKey<?>, Assigned<?>> assigned) {
    this.assigned = assigned;
  }

  /** The defaults. */
  public static Settings defaults() {
    return of(List.of());
  }

  /**
   * Reads assignments; of two for one key the later wins, though both must be well-typed.
   *
   * @throws ConfigException if a text is not of its key's type
   */
  public static Settings of(List<Assignment<?>> assignments) {
    Map<ConfigKey<?>, Assigned<?>> assigned = new LinkedHashMap<>();
    for (Assignment<?> assignment : assignments) {
      assigned.put(assignment.key(), new Assigned<>(assignment.value(), assignment.where()));
    }
    return new Settings(assigned);
  }

  /**
   * These settings with others over them.
   *
   * @throws ConfigException if a text is not of its key's type
   */
  Settings with(List<Assignment<?>> over) {
    Map<ConfigKey<?>, Assigned<?>> all = new LinkedHashMap<>(assigned);
    all.putAll(of(over).assigned);
    return new Settings(all);
  }

  // Safe: of() puts under a key only what that key's own reader returned.
  @SuppressWarnings("unchecked")
  <T> T get(ConfigKey<T> key) {
    Assigned<?> value = assigned.get(key);
    return value == null ? key.fallback() : (T) value.value();
  }

  /** Where a key was set; empty if it has its default. */
  Optional<String> where(ConfigKey<?> key) {
    return Optional.ofNullable(assigned.get(key)).map(Assigned::where);
  }

  /** Where a key was set, or its own name: the beginning of a message about its value. */
  String place(ConfigKey<?> key) {
    return where(key).map(place -> place + ": " + key.path()).orElse(key.path());
  }
}
