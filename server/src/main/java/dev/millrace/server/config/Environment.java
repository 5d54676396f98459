package dev.millrace.server.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Reads the settings among the process's environment variables. */
public final class Environment {
  /** Not settings: for the launcher, and for tests. */
  private static final List<String> OTHERS = List.of("MILLRACE_JAVA_OPTS", "MILLRACE_HOME");

  private static final String TEST_PREFIX = "MILLRACE_TEST_";

  private Environment() {}

  /**
   * The assignments made by variables named {@code MILLRACE_...}.
   *
   * @throws ConfigException if such a variable is of no key
   */
  public static List<Assignment<?>> read(Map<String, String> environment) {
    List<Assignment<?>> assignments = new ArrayList<>();
    environment.entrySet().stream()
        .filter(variable -> isSetting(variable.getKey()))
        .sorted(Comparator.comparing(Map.Entry::getKey))
        .forEach(
            variable ->
                assignments.add(
                    new Assignment<>(
                        key(variable.getKey()), variable.getValue(), variable.getKey())));
    return assignments;
  }

  private static boolean isSetting(String name) {
    return name.startsWith(ConfigKey.ENVIRONMENT_PREFIX)
        && !OTHERS.contains(name)
        && !name.startsWith(TEST_PREFIX);
  }

  private static ConfigKey<?> key(String name) {
    for (ConfigKey<?> key : ConfigKeys.ALL) {
      if (key.environmentName().equals(name)) {
        return key;
      }
    }
    List<String> known = ConfigKeys.ALL.stream().map(key -> key.environmentName()).toList();
    throw new ConfigException(name + ": no setting has this name" + NearestName.hint(name, known));
  }
}
