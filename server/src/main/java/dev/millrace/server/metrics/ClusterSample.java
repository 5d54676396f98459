package dev.millrace.server.metrics;

import java.util.List;

/**
 * A node's place in its cluster at one instant. Immutable.
 *
 * @param nodes that it sees, itself too
 * @param viewChanges that it has seen
 * @param ingests streams that are published here
 * @param copies of streams that are kept here
 * @param filling copies that are not complete yet
 * @param sourcesLost logs that were followed at another node and are no more
 * @param mismatches files whose bytes were not what the log names
 * @param refused logs of other nodes that did not verify
 * @param restarts windows that began anew behind a hole
 * @param settingsRevision of the cluster's settings
 * @param lags of copies, and of what viewers are told
 */
public record ClusterSample(
    int nodes,
    long viewChanges,
    int ingests,
    int copies,
    int filling,
    long sourcesLost,
    long mismatches,
    long refused,
    long restarts,
    long settingsRevision,
    List<CopyLag> lags) {
  public ClusterSample {
    lags = List.copyOf(lags);
  }
}
