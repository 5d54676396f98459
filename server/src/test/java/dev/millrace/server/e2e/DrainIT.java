package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Five nodes under load: two publishers, workers, players that are steered between two edges. All
 * nodes are stopped and started again one after another, as a rolling upgrade does; then nodes go
 * in haste. Budgets: no part lost, no viewer stalls, each node gone within its deadline.
 */
@TestMethodOrder(OrderAnnotation.class)
@Isolated("needs the processors, or measures what having them costs")
class DrainIT {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  /** A viewer who has left an edge is counted there for a while; who stays is let go then. */
  private static final Duration EDGE_DEADLINE = Duration.ofSeconds(6);

  private static final String RUNG = "120p";

  /** Two moves; a worker may come a segment late to each where other tests have the processors. */
  private static final int MOST_RUNG_GAPS = 2;

  private static final Set<String> ORIGINS = Set.of("origin", "ingest1");
  private static final Set<String> EDGES = Set.of("edge1", "edge2");

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static ClusterUnderTest cluster;

  @SuppressWarnings("NullAway.Init")
  private static List<LoopingPublisher> publishers;

  @SuppressWarnings("NullAway.Init")
  private static PlayerUnderTest show;

  @SuppressWarnings("NullAway.Init")
  private static PlayerUnderTest news;

  @SuppressWarnings("NullAway.Init")
  private static PlayerUnderTest rung;

  @BeforeAll
  static void startFiveNodes() {
    cluster =
        new ClusterUnderTest(
            folder,
            "rolling",
            Map.of(
                "MILLRACE_TRANSCODE_LADDER", RUNG + ":100k",
                "MILLRACE_TRANSCODE_PRESET", "ultrafast",
                // Both streams may move at once, and each has a worker.
                "MILLRACE_TRANSCODE_SPARE_WORKERS", "2",
                "MILLRACE_STEERING_TTL", "1s"));
    EDGES.forEach(
        edge ->
            cluster.set(edge, Map.of("MILLRACE_DRAIN_DEADLINE", EDGE_DEADLINE.toSeconds() + "s")));
    Map<String, String> roles = new LinkedHashMap<>();
    roles.put("origin", "origin,transcoder"); // the first is the coordinator
    roles.put("ingest1", "ingest,origin");
    roles.put("ingest2", "ingest,transcoder");
    roles.put("edge1", "edge");
    roles.put("edge2", "edge");
    cluster.startAll(roles);
    publishers =
        List.of(publish("show", "ingest1", "ingest2"), publish("news", "ingest2", "ingest1"));
    for (String edge : EDGES) {
      cluster.node(edge).awaitPlayable("show");
      cluster.node(edge).awaitPlayable("news");
    }
    cluster.await(
        "the rung to be offered",
        () -> !Streams.playlist(cluster.node("edge1"), "show", RUNG).isEmpty());
    awaitCopies("");
    NodeUnderTest edge1 = cluster.node("edge1");
    NodeUnderTest edge2 = cluster.node("edge2");
    show = PlayerUnderTest.start("show", edge1, edge2);
    news = PlayerUnderTest.start("news", edge2, edge1);
    rung = PlayerUnderTest.start("show", List.of(RUNG), edge2, edge1);
    awaitParts(8);
  }

  private static LoopingPublisher publish(String name, String first, String second) {
    return LoopingPublisher.start(
        List.of(cluster.node(first).rtmp(name), cluster.node(second).rtmp(name)), 500);
  }

  @AfterAll
  static void stop() {
    List.of(show, news, rung).forEach(PlayerUnderTest::close);
    publishers.forEach(LoopingPublisher::close);
    cluster.close();
  }

  /** Until all players of the source have so many parts more. */
  private static void awaitParts(int more) {
    int before = Math.max(show.parts(), news.parts());
    cluster.await(more + " parts", () -> Math.min(show.parts(), news.parts()) >= before + more);
  }

  /** Until both streams are on both origins, as their ingest or a complete copy. */
  private static void awaitCopies(String after) {
    cluster.await(
        "both streams to be on both origins " + after,
        () -> holders("show").containsAll(ORIGINS) && holders("news").containsAll(ORIGINS));
  }

  private static Set<String> holders(String stream) {
    NodeUnderTest edge = cluster.node("edge1");
    Set<String> holders = new TreeSet<>(ClusterJson.copies(edge, stream));
    holders.addAll(ClusterJson.ingests(edge, stream));
    return holders;
  }

  private static void assertNothingLost(PlayerUnderTest player) {
    assertThat(player.faults()).isEmpty();
    assertThat(player.gaps()).isZero();
    assertThat(player.stalledMillis())
        .as(player.report() + player.retries())
        .isLessThan(ClusterUnderTest.FRAME_MILLIS);
  }

  @Test
  @Order(1)
  void aRollingRestartOfAllNodesLosesNothing() {
    for (String name : List.of("origin", "ingest1", "ingest2", "edge1", "edge2")) {
      roll(name);
    }
    System.out.printf(
        "MEASURED rolling restart of five nodes: stalls %d and %d ms, %d and %d gaps (budgets 0);"
            + " a rung has %d gap segments; publishers accepted %d and %d times; %s%s%s%n",
        show.stalledMillis(),
        news.stalledMillis(),
        show.gaps(),
        news.gaps(),
        rung.gaps(),
        publishers.get(0).connections(),
        publishers.get(1).connections(),
        show.report(),
        news.report(),
        rung.report());
    assertNothingLost(show);
    assertNothingLost(news);
    assertThat(rung.faults()).isEmpty();
    assertThat(rung.gaps())
        .as("gap segments of a rung; none where processors are free\n" + rung.report())
        .isLessThanOrEqualTo(MOST_RUNG_GAPS);
  }

  private static void roll(String name) {
    ChildProcess process = cluster.node(name).process();
    long asked = System.nanoTime();
    process.signal("TERM");
    int status = process.awaitExit(DEADLINE.plusSeconds(10));
    long tookMillis = (System.nanoTime() - asked) / 1_000_000;
    long budgetMillis = (EDGES.contains(name) ? EDGE_DEADLINE.plusSeconds(5) : DEADLINE).toMillis();
    System.out.printf(
        "MEASURED drain of %s: gone in %d ms (budget %d), stalls so far %d and %d ms, rung %d"
            + " gaps%n",
        name, tookMillis, budgetMillis, show.stalledMillis(), news.stalledMillis(), rung.gaps());
    assertThat(status).as(process.output()).isZero();
    assertThat(tookMillis).as(process.output()).isLessThan(budgetMillis);
    cluster.restart(name);
    awaitCopies("after " + name);
    awaitParts(4);
  }

  @Test
  @Order(2)
  void theCoordinatorMayDie() {
    String coordinator = ClusterJson.coordinator(cluster.node("edge1"));
    assertThat(coordinator).as("the oldest").isEqualTo("origin");
    long before = Math.max(show.stalledMillis(), news.stalledMillis());
    cluster.node(coordinator).process().kill();
    cluster.await(
        "another coordinator",
        () -> !ClusterJson.coordinator(cluster.node("edge1")).equals(coordinator));
    awaitParts(8);
    long stalled = Math.max(show.stalledMillis(), news.stalledMillis()) - before;
    System.out.printf("MEASURED coordinator kill -9: stall %d ms (budget 0)%n", stalled);
    assertThat(stalled).isLessThan(ClusterUnderTest.FRAME_MILLIS);
    assertThat(show.faults()).isEmpty();
    assertThat(news.faults()).isEmpty();
  }

  /** A publisher that neither follows a request nor comes back is not waited for longer. */
  @Test
  @Order(3)
  void aDrainByCommandEndsAtItsDeadline() {
    NodeUnderTest busy = cluster.node("ingest1");
    try (ChildProcess plain =
        Publisher.libav(folder, "test", busy.rtmp("plain"), "--size", "320x180")) {
      cluster.node("edge1").awaitPlayable("plain");
      long asked = System.nanoTime();
      ChildProcess command =
          cluster.command(
              "drain",
              "ingest1",
              "--deadline",
              "8",
              "--url",
              cluster.node("edge1").http("").toString());
      assertThat(busy.process().awaitExit(DEADLINE)).as(busy.process().output()).isZero();
      long tookMillis = (System.nanoTime() - asked) / 1_000_000;
      assertThat(command.awaitExit(DEADLINE)).as(command.output()).isZero();
      System.out.printf(
          "MEASURED drain with a deadline of 8 s, of a node whose publisher does not come back: %d"
              + " ms%n",
          tookMillis);
      assertThat(command.output()).contains("is gone");
      assertThat(busy.process().output()).contains("not all could be handed over");
      assertThat(plain.awaitExit(DEADLINE)).as("it was disconnected").isNotNegative();
    }
    awaitParts(4);
    assertThat(show.gaps()).as("the others have moved").isZero();
    assertThat(news.gaps()).isZero();
  }

  @Test
  @Order(4)
  void aSecondSignalEndsANodeAtOnce() {
    ChildProcess process = cluster.node("edge1").process();
    process.signal("TERM");
    process.awaitOutput("draining: ", Duration.ofSeconds(10)); // viewers, who may stay 6 s
    long again = System.nanoTime();
    process.signal("TERM");
    assertThat(process.awaitExit(Duration.ofSeconds(10))).isEqualTo(128 + 15);
    System.out.printf(
        "MEASURED second SIGTERM: gone in %d ms%n", (System.nanoTime() - again) / 1_000_000);
  }
}
