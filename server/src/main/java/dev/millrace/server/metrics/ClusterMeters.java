package dev.millrace.server.metrics;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** The meters of a node's place in its cluster; none where it is alone. */
final class ClusterMeters {
  static final List<Meter<ClusterSample>> ALL =
      List.of(
          Meter.gauge(
              "millrace.cluster.nodes",
              "",
              "Nodes that this one sees, itself too.",
              ClusterSample::nodes),
          Meter.counter(
              "millrace.cluster.view.changes",
              "",
              "Changes of what this node knows of the others.",
              ClusterSample::viewChanges),
          held("ingest", ClusterSample::ingests),
          held("origin", ClusterSample::copies),
          Meter.gauge(
              "millrace.cluster.copies.filling",
              "",
              "Copies of streams here that are not complete yet.",
              ClusterSample::filling),
          Meter.counter(
              "millrace.cluster.sources.lost",
              "",
              "Logs that were followed at another node and are no more, for whatever reason.",
              ClusterSample::sourcesLost),
          Meter.counter(
              "millrace.cluster.mismatches",
              "",
              "Files whose bytes were not what the log names; thrown away.",
              ClusterSample::mismatches),
          Meter.counter(
              "millrace.cluster.refused",
              "",
              "Logs of other nodes that were left because they do not verify.",
              ClusterSample::refused),
          Meter.counter(
              "millrace.cluster.window.restarts",
              "",
              "Windows that began anew because no node had what came next.",
              ClusterSample::restarts),
          Meter.gauge(
              "millrace.cluster.settings.revision",
              "",
              "Revision of the cluster's settings that this node has.",
              ClusterSample::settingsRevision));

  private ClusterMeters() {}

  private static Meter<ClusterSample> held(String kind, ToDoubleFunction<ClusterSample> value) {
    return Meter.gauge(
            "millrace.cluster.streams",
            "",
            "Streams of this node: published at it (ingest), or kept as a copy (origin).",
            value)
        .tagged("kind", kind);
  }
}
