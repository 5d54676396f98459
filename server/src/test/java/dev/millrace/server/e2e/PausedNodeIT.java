package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Nodes that stop for 20 s without dying, an origin and the coordinator, and go on. Budget at the
 * viewer: no stall, when they stop and when they come back.
 */
@Isolated("needs the processors, or measures what having them costs")
class PausedNodeIT {
  private static final Duration PAUSE = Duration.ofSeconds(20);

  private static final Pattern NODE = Pattern.compile("\"id\":\"([^\"]*)\",\"name\":\"([^\"]*)\"");

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static ClusterUnderTest cluster;

  @BeforeAll
  static void startWithAnOriginAsCoordinator() {
    cluster = new ClusterUnderTest(folder, "paused", Map.of("MILLRACE_TRANSCODE_LADDER", "none"));
    Map<String, String> roles = new LinkedHashMap<>();
    roles.put("origin1", "origin"); // the first is the coordinator
    roles.put("origin2", "origin");
    roles.put("origin3", "origin");
    roles.put("ingest", "ingest");
    roles.put("edge", "edge");
    cluster.startAll(roles);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void viewersDoNotNoticeNodesThatStopForAWhile() {
    NodeUnderTest edge = cluster.node("edge");
    try (LoopingPublisher publisher =
        LoopingPublisher.start(List.of(cluster.node("ingest").rtmp("show")), 500)) {
      edge.awaitPlayable("show");
      cluster.await("two origins to have it", () -> ClusterJson.copies(edge, "show").size() == 2);
      assertThat(ClusterJson.coordinator(edge)).isEqualTo("origin1");
      String holder =
          ClusterJson.copies(edge, "show").stream()
              .filter(name -> !name.equals("origin1"))
              .findFirst()
              .orElseThrow();
      try (PlayerUnderTest player = PlayerUnderTest.start("show", edge)) {
        cluster.await("8 parts", () -> player.parts() >= 8);
        // Both at once: the coordinator cannot tell that the holder is gone.
        cluster.node(holder).process().signal("STOP");
        cluster.node("origin1").process().signal("STOP");
        Awaitility.await("the pause to be over")
            .pollDelay(PAUSE)
            .atMost(PAUSE.plusSeconds(5))
            .until(() -> true);
        long stalledPaused = player.stalledMillis();
        cluster.node(holder).process().signal("CONT");
        cluster.node("origin1").process().signal("CONT");
        int before = player.parts();
        cluster.await("16 parts more", () -> player.parts() >= before + 16);
        cluster.await(
            "all five to be together again",
            () -> NODE.matcher(edge.get("/api/v1/cluster").body()).results().count() == 5);
        System.out.printf(
            "MEASURED origin and coordinator paused for %d s: stall %d ms while they were, %d ms in"
                + " all (budget 0); %s%n",
            PAUSE.toSeconds(), stalledPaused, player.stalledMillis(), player.report());
        assertThat(player.faults()).isEmpty();
        assertThat(player.discontinuities()).isZero();
        assertThat(stalledPaused)
            .as(player.report() + player.retries())
            .isLessThan(ClusterUnderTest.FRAME_MILLIS);
        assertThat(player.stalledMillis())
            .as(player.report() + player.retries())
            .isLessThan(ClusterUnderTest.FRAME_MILLIS);
      }
      assertThat(publisher.connections()).isEqualTo(1);
    }
  }
}
