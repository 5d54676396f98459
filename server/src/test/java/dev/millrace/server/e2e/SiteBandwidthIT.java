package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * {@code relay.site-bandwidth} at two edges, each less than a stream of 1.1 Mbit/s and both
 * together more: one relay has what it needs from both; two relays, without a mesh, have not.
 */
@Isolated("measures when parts come")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SiteBandwidthIT {
  private static final long BITS_PER_SECOND = 750_000;

  /** What an edge gives at once after a pause. */
  private static final double BURST_SECONDS = 2;

  /** Parts for which the answer began before others were counted: of both relays, some at once. */
  private static final long UNDER_WAY_BYTES = 300_000;

  private static final Pattern TAKEN =
      Pattern.compile("\"takenHere\":\\{\"bytes\":(\\d+),\"open\":\\d+,\"refused\":(\\d+),");

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static SiteUnderTest campus;

  @SuppressWarnings("NullAway.Init")
  private static ClusterUnderTest site;

  @SuppressWarnings("NullAway.Init")
  private static LoopingPublisher publisher;

  /** What relays took from an edge until a moment. */
  private record Taken(NodeUnderTest edge, long atNanos, long bytes, long refused) {
    static Taken from(NodeUnderTest edge) {
      Matcher counters = TAKEN.matcher(edge.get("/api/v1/relay/sites").body());
      assertThat(counters.find()).as("takenHere").isTrue();
      return new Taken(
          edge,
          System.nanoTime(),
          Long.parseLong(counters.group(1)),
          Long.parseLong(counters.group(2)));
    }

    /** That it was not more than the limit since then. Returns how many requests were refused. */
    long check(String what) {
      Taken now = from(edge);
      double seconds = (now.atNanos - atNanos) / 1e9;
      long most = Math.round((seconds + BURST_SECONDS) * BITS_PER_SECOND / 8) + UNDER_WAY_BYTES;
      System.out.printf(
          "MEASURED %s: %s gave %.0f kbit/s of %d for %.1f s, refused %d requests%n",
          what,
          edge.http("").getPort(),
          (now.bytes - bytes) * 8 / seconds / 1000,
          BITS_PER_SECOND / 1000,
          seconds,
          now.refused - refused);
      assertThat(now.bytes - bytes).as(what).isBetween(1L, most);
      return now.refused - refused;
    }
  }

  @BeforeAll
  static void startTwoEdgesAndARelay() throws IOException {
    campus = new SiteUnderTest(folder, "127.0.0.0/8", Map.of());
    site = campus.relays();
    Map<String, String> limit =
        Map.of("MILLRACE_RELAY_SITE_BANDWIDTH", BITS_PER_SECOND / 1000 + "k");
    campus.startEdge("main", "ingest,transcoder,origin,edge", limit);
    campus.startEdge("edge", "edge", limit);
    site.start("relay1", "relay");
    publisher = LoopingPublisher.start(List.of(campus.main().node("main").rtmp("show")), 500);
    site.node("relay1").awaitPlayable("show");
  }

  @AfterAll
  static void stop() {
    publisher.close();
    campus.close();
  }

  private static List<Taken> taken() {
    return Stream.of("main", "edge").map(campus.main()::node).map(Taken::from).toList();
  }

  @Test
  @Order(1)
  void whatOneEdgeRefusesTheOtherGives() {
    try (PlayerUnderTest player = PlayerUnderTest.start("show", site.node("relay1"))) {
      site.await("16 parts", () -> player.parts() >= 16);
      List<Taken> before = taken();
      PlayerUnderTest.Moment then = player.now();
      site.await("40 more", () -> then.partsSince() >= 40);
      long refused = before.stream().mapToLong(each -> each.check("one relay")).sum();
      System.out.println("MEASURED a player at it: " + player.report());
      assertThat(refused).as("the relay met the limit").isPositive();
      assertThat(player.faults()).isEmpty();
      assertThat(player.retries()).isEmpty();
      assertThat(then.stalledMillisSince())
          .as(player.report())
          .isLessThan(ClusterUnderTest.FRAME_MILLIS);
    }
  }

  /** What is missing comes late or not at all; what relays know of streams is not behind it. */
  @Test
  @Order(2)
  void siteTakesNoMoreThanItMayHoweverMuchItAsks() {
    site.start("relay2", "relay");
    site.node("relay2").awaitPlayable("show");
    NodeUnderTest main = campus.main().node("main");
    try (PlayerUnderTest first = PlayerUnderTest.start("show", site.node("relay1"));
        PlayerUnderTest second = PlayerUnderTest.start("show", site.node("relay2"));
        PlayerUnderTest atEdge = PlayerUnderTest.start("show", main)) {
      site.await("16 parts at the edge", () -> atEdge.parts() >= 16);
      List<Taken> before = taken();
      PlayerUnderTest.Moment then = atEdge.now();
      PlayerUnderTest.Moment atFirst = first.now();
      PlayerUnderTest.Moment atSecond = second.now();
      site.await("60 more", () -> then.partsSince() >= 60);
      for (Taken each : before) {
        assertThat(each.check("two relays")).as("refused").isPositive();
      }
      System.out.printf(
          "MEASURED players at two relays: %d and %d parts of 60, stalled %d and %d ms;"
              + " at the edge %d ms%n",
          atFirst.partsSince(),
          atSecond.partsSince(),
          atFirst.stalledMillisSince(),
          atSecond.stalledMillisSince(),
          then.stalledMillisSince());
      assertThat(atFirst.partsSince() + atSecond.partsSince()).isPositive();
      assertThat(first.faults()).isEmpty();
      assertThat(second.faults()).isEmpty();
      assertThat(then.stalledMillisSince())
          .as("viewers of the edge do not pay for it: " + atEdge.report())
          .isLessThan(ClusterUnderTest.FRAME_MILLIS);
      String sites = main.get("/api/v1/relay/sites").body();
      for (String relay : List.of("relay1", "relay2")) {
        assertThat(site.node(relay).get("/api/v1/streams").body()).contains("live/show");
        assertThat(sites).contains("\"name\":\"" + relay + "\"");
      }
    }
  }
}
