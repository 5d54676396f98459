package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Roles apart, each in a process of its own: what is published at any ingest node is on every edge,
 * and the cluster shows who is there.
 */
@Isolated("needs the processors, or measures what having them costs")
class ClusterBasicsIT {
  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static ClusterUnderTest cluster;

  @BeforeAll
  static void startEdgeFirst() {
    cluster = new ClusterUnderTest(folder, "basics", Map.of("MILLRACE_TRANSCODE_LADDER", "none"));
    Map<String, String> sharing =
        Map.of("MILLRACE_RELAY_VIEWERS_SHARE", "true", "MILLRACE_RELAY_STUN_PORT", "0");
    cluster.set("edge1", sharing);
    cluster.set("edge2", sharing);
    Map<String, String> roles = new LinkedHashMap<>();
    roles.put("edge1", "edge"); // the last of the way of the data comes first
    roles.put("edge2", "edge");
    roles.put("origin1", "origin");
    roles.put("ingest1", "ingest");
    roles.put("both", "ingest,origin");
    cluster.startAll(roles);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static NodeUnderTest node(String name) {
    return cluster.node(name);
  }

  private static ChildProcess command(String... arguments) {
    return cluster.command(arguments);
  }

  private static String outputOf(String... arguments) {
    ChildProcess command = command(arguments);
    assertThat(command.awaitExit(Duration.ofSeconds(60))).as(command.output()).isZero();
    return command.output();
  }

  @Test
  void whatIsPublishedAtAnyIngestIsOnEveryEdge() {
    try (LoopingPublisher first =
            LoopingPublisher.start(List.of(node("ingest1").rtmp("one")), 500);
        LoopingPublisher second = LoopingPublisher.start(List.of(node("both").rtmp("two")), 500)) {
      for (String edge : List.of("edge1", "edge2")) {
        node(edge).awaitPlayable("one");
        node(edge).awaitPlayable("two");
      }
      try (PlayerUnderTest one = PlayerUnderTest.start("one", node("edge1"));
          PlayerUnderTest same = PlayerUnderTest.start("one", node("edge2"));
          PlayerUnderTest two = PlayerUnderTest.start("two", node("edge2"))) {
        List<PlayerUnderTest> all = List.of(one, same, two);
        cluster.await(
            "players to have 16 parts each",
            () -> all.stream().allMatch(player -> player.parts() >= 16));
        for (PlayerUnderTest player : all) {
          System.out.println("MEASURED cluster, no failure: " + player.report());
          assertThat(player.faults()).isEmpty();
          assertThat(player.discontinuities()).isZero();
          assertThat(player.stalledMillis())
              .as(player.report())
              .isLessThan(ClusterUnderTest.FRAME_MILLIS);
        }
      }
      assertThat(List.of(first.connections(), second.connections())).containsExactly(1, 1);
    }
  }

  /** Viewers who share, whichever edge they play from; the second tracker is for when one dies. */
  @Test
  void viewersOfTwoEdgesMeetAtEitherTracker() {
    try (LoopingPublisher publisher =
        LoopingPublisher.start(List.of(node("ingest1").rtmp("meet")), 500)) {
      node("edge1").awaitPlayable("meet");
      node("edge2").awaitPlayable("meet");
      List<URI> first = trackers("edge1");
      List<URI> second = trackers("edge2");
      assertThat(first).hasSize(2).doesNotHaveDuplicates();
      assertThat(second.stream().map(URI::getPort))
          .as("the order of both edges")
          .containsExactlyElementsOf(first.stream().map(URI::getPort).toList());
      for (int i = 0; i < 2; i++) {
        try (TrackerVisit here = new TrackerVisit(first.get(i));
            TrackerVisit there = new TrackerVisit(second.get(i))) {
          here.announce("-page-of-edge-one---", "rendition-of-a-hash-", "v=0 one");
          cluster.await("the tracker to have the first", () -> here.hasHeard("interval"));
          there.announce("-page-of-edge-two---", "rendition-of-a-hash-", "v=0 two");
          cluster.await("the second's offer", () -> here.hasHeard("v=0 two"));
        }
      }
      assertThat(publisher.connections()).isOne();
    }
  }

  private static List<URI> trackers(String edge) {
    String json = node(edge).get("/api/v1/streams/live/meet/swarm").body();
    return Pattern.compile("ws://[^\"]+")
        .matcher(json)
        .results()
        .map(found -> URI.create(found.group()))
        .toList();
  }

  @Test
  void everyNodeIsShownWithItsRoles() {
    String json = node("edge2").get("/api/v1/cluster").body();
    for (String name : List.of("edge1", "edge2", "origin1", "ingest1", "both")) {
      assertThat(json).contains("\"name\":\"" + name + "\"");
    }
    String table = outputOf("nodes", "--url", node("edge1").http("").toString());
    assertThat(table.lines().filter(line -> line.startsWith("both ")).findFirst().orElse(""))
        .contains("ingest,origin")
        .contains("up");
  }

  @Test
  void aNodeOpensOnlyThePortsOfItsRoles() {
    assertThat(node("edge1").rtmpPort()).isZero();
    assertThat(node("origin1").rtmpPort()).isZero();
    assertThat(node("ingest1").rtmpPort()).isPositive();
  }

  @Test
  void everyNodeAnswersProbesAndOperatorsByPlainHttp() {
    for (String name : List.of("edge1", "origin1", "ingest1")) {
      for (String probe : List.of("/livez", "/readyz", "/healthz")) {
        assertThat(node(name).get(probe).statusCode()).as(name + probe).isEqualTo(200);
      }
      assertThat(node(name).get("/metrics").body())
          .contains("millrace_cluster_nodes 5.0")
          .doesNotContain(ClusterUnderTest.SECRET);
      assertThat(node(name).get("/api/v1/cluster/settings").statusCode()).isEqualTo(401);
    }
    assertThat(node("origin1").get("/api/v1/streams").statusCode()).isEqualTo(404);
    assertThat(node("origin1").get("/nodes").statusCode()).isEqualTo(404);
    assertThat(outputOf("nodes", "--url", node("origin1").http("").toString())).contains("edge2");
  }

  @Test
  void commandsSayWhatIsWrong() {
    ChildProcess drain = command("drain", "nobody", "--url", node("edge1").http("").toString());
    assertThat(drain.awaitExit(Duration.ofSeconds(60))).isEqualTo(1);
    assertThat(drain.output()).contains("there is no node nobody");
  }
}
