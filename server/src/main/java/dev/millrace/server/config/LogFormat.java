package dev.millrace.server.config;

/** How the log is written. */
public enum LogFormat {
  /** One readable line an event. */
  TEXT,
  /** One JSON object an event. */
  JSON
}
