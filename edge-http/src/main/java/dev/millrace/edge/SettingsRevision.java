package dev.millrace.edge;

import java.time.Instant;
import java.util.Map;

/**
 * The cluster's settings as somebody made them.
 *
 * @param revision counts from 1; 0 before the first
 * @param at when, by the clock of the node that made it
 * @param by who, for people
 * @param values by key as in the configuration file, with dots: {@code transcode.enabled}
 */
public record SettingsRevision(long revision, Instant at, String by, Map<String, String> values) {
  public SettingsRevision {
    values = Map.copyOf(values);
  }
}
