package dev.millrace.server.config;

/**
 * A key that somebody set, in its text form.
 *
 * @param where for messages: {@code millrace.yaml:12}, a variable or a flag
 */
public record Assignment<T>(ConfigKey<T> key, String text, String where) {
  /** Of a flag of the command line. */
  public static <T> Assignment<T> flag(ConfigKey<T> key, String text, String flag) {
    return new Assignment<>(key, text, flag);
  }

  T value() {
    return key.read(text, where);
  }
}
