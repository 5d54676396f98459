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

/**
 * All nodes of a cluster are stopped and started again one after another under load, as a rolling
 * upgrade does. Budget: no part lost, no viewer stalls, each node gone within drain.deadline.
 */
class DrainIT {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static ClusterUnderTest cluster;

  @BeforeAll
  static void startTwoOfEach() {
    cluster =
        new ClusterUnderTest(
            folder,
            "rolling",
            Map.of("MILLRACE_TRANSCODE_LADDER", "none", "MILLRACE_STEERING_TTL", "1s"));
    Map<String, String> roles = new LinkedHashMap<>();
    roles.put("ingest1", "ingest");
    roles.put("ingest2", "ingest");
    roles.put("origin1", "origin,transcoder");
    roles.put("origin2", "origin,transcoder");
    roles.put("edge", "edge");
    cluster.startAll(roles);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void aRollingRestartLosesNothing() {
    NodeUnderTest edge = cluster.node("edge");
    List<String> addresses =
        List.of(cluster.node("ingest1").rtmp("show"), cluster.node("ingest2").rtmp("show"));
    try (LoopingPublisher publisher = LoopingPublisher.start(addresses, 500)) {
      edge.awaitPlayable("show");
      cluster.await(
          "two origins to have it",
          Duration.ofSeconds(30),
          () -> ClusterJson.copies(edge, "show").size() == 2);
      try (PlayerUnderTest player = PlayerUnderTest.start("show", edge)) {
        cluster.await("8 parts", Duration.ofSeconds(30), () -> player.parts() >= 8);
        for (String name : List.of("origin1", "origin2", "ingest1", "ingest2")) {
          roll(name, edge, player);
        }
        System.out.printf(
            "MEASURED rolling restart of origins and ingests: stall %d ms, %d gaps (budgets 0),"
                + " publisher accepted %d times; %s%n",
            player.stalledMillis(), player.gaps(), publisher.connections(), player.report());
        assertThat(player.faults()).isEmpty();
        assertThat(player.gaps()).isZero();
        assertThat(player.stalledMillis())
            .as(player.report() + player.retries())
            .isLessThan(ClusterUnderTest.FRAME_MILLIS);
      }
    }
  }

  private static void roll(String name, NodeUnderTest edge, PlayerUnderTest player) {
    ChildProcess process = cluster.node(name).process();
    long asked = System.nanoTime();
    process.signal("TERM");
    int status = process.awaitExit(DEADLINE.plusSeconds(10));
    long tookMillis = (System.nanoTime() - asked) / 1_000_000;
    System.out.printf(
        "MEASURED drain of %s: gone in %d ms (budget %d), stall so far %d ms%n",
        name, tookMillis, DEADLINE.toMillis(), player.stalledMillis());
    assertThat(status).as(process.output()).isZero();
    assertThat(tookMillis).as(process.output()).isLessThan(DEADLINE.toMillis());
    cluster.restart(name);
    int parts = player.parts();
    cluster.await(
        "two origins after " + name,
        Duration.ofSeconds(30),
        () -> ClusterJson.copies(edge, "show").size() == 2 && player.parts() >= parts + 4);
  }
}
