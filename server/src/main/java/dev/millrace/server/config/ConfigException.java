package dev.millrace.server.config;

/**
 * The node cannot start as configured. The message is one line for the operator: where, what was
 * found, what was expected. Leads to exit status 2.
 */
public final class ConfigException extends RuntimeException {
  public ConfigException(String message) {
    super(message, null, false, false);
  }
}
