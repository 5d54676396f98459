package dev.millrace.server.config;

import java.util.Locale;
import java.util.Optional;

/**
 * One setting. Its name in the environment follows from its path: {@code rtmp.idle-timeout} is
 * {@code MILLRACE_RTMP_IDLE_TIMEOUT}.
 *
 * @param path section and name, lower-case-with-dashes, for example {@code rtmp.port}
 * @param fallback the value where nothing is configured
 * @param comment what it does and what follows from changing it, for the operator
 */
public record ConfigKey<T>(String path, ValueType<T> type, T fallback, String comment) {
  /** Prefix of every environment variable of this program. */
  public static final String ENVIRONMENT_PREFIX = "MILLRACE_";

  /** The environment variable that overrides this key. */
  public String environmentName() {
    return ENVIRONMENT_PREFIX + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  String section() {
    return path.substring(0, path.indexOf('.'));
  }

  String name() {
    return path.substring(path.indexOf('.') + 1);
  }

  /**
   * Reads the text form.
   *
   * @param where file and line, variable or flag, for the message
   * @throws ConfigException if the text is of another type
   */
  T read(String text, String where) {
    Optional<T> value = type.reader().apply(text);
    return value.orElseThrow(
        () ->
            new ConfigException(
                where
                    + ": "
                    + path
                    + (type.isSecret() ? "" : " is '" + text + "'")
                    + ", expected "
                    + type.expected()));
  }
}
