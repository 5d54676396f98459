package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * An origin dies at once. Budget at the viewer: no stall, no discontinuity, the same numbers; and
 * within 10 s the stream is on as many origins as before.
 */
@Isolated("needs the processors, or measures what having them costs")
class OriginFailoverIT {
  private static final Duration REDUNDANCY = Duration.ofSeconds(10);

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static ClusterUnderTest cluster;

  @BeforeAll
  static void startThreeOrigins() {
    cluster = new ClusterUnderTest(folder, "origins", Map.of("MILLRACE_TRANSCODE_LADDER", "none"));
    Map<String, String> roles = new LinkedHashMap<>();
    roles.put("ingest", "ingest");
    roles.put("origin1", "origin");
    roles.put("origin2", "origin");
    roles.put("origin3", "origin");
    roles.put("edge1", "edge");
    roles.put("edge2", "edge");
    cluster.startAll(roles);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void viewersDoNotNoticeTheDeathOfAnOrigin() {
    NodeUnderTest edge1 = cluster.node("edge1");
    NodeUnderTest edge2 = cluster.node("edge2");
    try (LoopingPublisher publisher =
        LoopingPublisher.start(List.of(cluster.node("ingest").rtmp("show")), 500)) {
      edge1.awaitPlayable("show");
      edge2.awaitPlayable("show");
      cluster.await("two origins to have it", () -> origins(edge1).size() == 2);
      List<String> before = origins(edge1);
      try (PlayerUnderTest one = PlayerUnderTest.start("show", edge1);
          PlayerUnderTest two = PlayerUnderTest.start("show", edge2)) {
        cluster.await("players to have 8 parts", () -> one.parts() >= 8 && two.parts() >= 8);
        long killed = System.nanoTime();
        cluster.node(before.getFirst()).process().kill();
        cluster.await(
            "redundancy to be restored",
            () -> {
              List<String> now = origins(edge1);
              return now.size() == 2 && !now.contains(before.getFirst());
            });
        long restoredMillis = (System.nanoTime() - killed) / 1_000_000;
        int parts = Math.max(one.parts(), two.parts());
        cluster.await(
            "eight more parts", () -> one.parts() >= parts + 8 && two.parts() >= parts + 8);
        System.out.printf(
            "MEASURED origin kill -9: stall %d and %d ms (budget 0), redundancy restored in %d ms"
                + " (budget %d); %s%s%n",
            one.stalledMillis(),
            two.stalledMillis(),
            restoredMillis,
            REDUNDANCY.toMillis(),
            one.report(),
            two.report());
        for (PlayerUnderTest player : List.of(one, two)) {
          assertThat(player.faults()).isEmpty();
          assertThat(player.discontinuities()).isZero();
          assertThat(player.gaps()).isZero();
          assertThat(player.stalledMillis())
              .as(player.report() + player.retries())
              .isLessThan(ClusterUnderTest.FRAME_MILLIS);
        }
        assertThat(restoredMillis).isLessThan(REDUNDANCY.toMillis());
      }
      assertThat(publisher.connections()).isEqualTo(1);
    }
  }

  /** Names of nodes that say they have a complete copy. */
  private static List<String> origins(NodeUnderTest edge) {
    return ClusterJson.copies(edge, "show");
  }
}
