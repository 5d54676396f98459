package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * An ingest node dies at once, and its publisher connects to another. Budget at the viewer: players
 * go on behind one discontinuity within the publisher's reconnect time plus 3 s.
 */
@Isolated("needs the processors, or measures what having them costs")
class IngestFailoverIT {
  private static final long BUDGET_MILLIS = 3000;
  private static final long RECONNECT_MILLIS = 1000;

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static ClusterUnderTest cluster;

  @BeforeAll
  static void startTwoIngests() {
    cluster =
        new ClusterUnderTest(
            folder,
            "ingests",
            Map.of(
                "MILLRACE_TRANSCODE_LADDER", "none",
                "MILLRACE_PUBLISH_OPEN", "false",
                "MILLRACE_PUBLISH_KEYS", "live/show=the-key-of-its-owner,live/show=another-key"));
    Map<String, String> roles = new LinkedHashMap<>();
    roles.put("ingest1", "ingest");
    roles.put("ingest2", "ingest");
    roles.put("origin1", "origin");
    roles.put("origin2", "origin");
    roles.put("edge", "edge");
    cluster.startAll(roles);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void playersGoOnBehindOneDiscontinuity() {
    NodeUnderTest edge = cluster.node("edge");
    NodeUnderTest first = cluster.node("ingest1");
    NodeUnderTest second = cluster.node("ingest2");
    String key = "the-key-of-its-owner";
    try (LoopingPublisher publisher =
        LoopingPublisher.start(List.of(first.rtmp(key), second.rtmp(key)), RECONNECT_MILLIS)) {
      edge.awaitPlayable("show");
      cluster.await("two origins to have it", () -> ClusterJson.copies(edge, "show").size() == 2);
      try (PlayerUnderTest player = PlayerUnderTest.start("show", edge)) {
        cluster.await("8 parts", () -> player.parts() >= 8);
        long killed = System.nanoTime();
        first.process().kill();
        int before = player.parts();
        strangerIsRefused(second);
        cluster.await(
            "parts of the other ingest",
            () -> player.discontinuities() > 0 && player.parts() >= before + 8);
        long awayMillis = publisher.lastAwayMillis();
        long budget = awayMillis + BUDGET_MILLIS;
        System.out.printf(
            "MEASURED ingest kill -9: publisher away %d ms, player stalled %d ms (budget %d), %d ms"
                + " from the kill to eight parts; %s%n",
            awayMillis,
            player.stalledMillis(),
            budget,
            (System.nanoTime() - killed) / 1_000_000,
            player.report());
        assertThat(player.faults()).isEmpty();
        assertThat(player.discontinuities()).isEqualTo(1);
        assertThat(player.stalledMillis()).as(player.report()).isLessThan(budget);
        assertThat(publisher.connectedTo().getPort()).isEqualTo(second.rtmpPort());
        assertThat(ClusterJson.ingests(edge, "show")).containsExactly("ingest2");
      }
    }
  }

  /** The stream of a node that died is kept for its owner, on all other nodes. */
  private static void strangerIsRefused(NodeUnderTest node) {
    try (LoopingPublisher stranger =
        LoopingPublisher.start(List.of(node.rtmp("another-key")), 10_000)) {
      cluster.await("the stranger to be refused", stranger::wasRefused);
      assertThat(stranger.connections()).isZero();
    }
  }
}
