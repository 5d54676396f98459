package dev.millrace.cluster.settings;

/** What became of a change. */
public sealed interface SettingsChange {
  /** It is in force here and on its way to the others. */
  record Accepted(Revision revision) implements SettingsChange {}

  /** It makes no sense. */
  record Refused(String reason) implements SettingsChange {}

  /** Somebody else was first: look at what is in force now, and try again. */
  record Conflict(Revision current) implements SettingsChange {}
}
