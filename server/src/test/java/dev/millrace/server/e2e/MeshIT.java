package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Three relays of a site share parts, each with a player of its own: over TLS at first, and by
 * multicast on the loopback interface as soon as they found that they hear each other. A part
 * leaves the edge about once, and the death of who fetches it is not seen. Two of them read the log
 * at the edge, and the third at these.
 */
@Isolated("needs the processors, or measures what having them costs")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MeshIT {
  private static final Random RANDOM = new Random();
  private static final List<String> RELAYS = List.of("relay1", "relay2", "relay3");

  /** The target is 1.05; three nodes, their players and an encoder share two processors here. */
  private static final double MOST_COPIES = 1.5;

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static SiteUnderTest site;

  @SuppressWarnings("NullAway.Init")
  private static ClusterUnderTest relays;

  @SuppressWarnings("NullAway.Init")
  private static LoopingPublisher publisher;

  private static final Map<String, PlayerUnderTest> PLAYERS = new LinkedHashMap<>();

  @BeforeAll
  static void startThreeRelaysAndTheirPlayers() throws IOException {
    String group =
        "239.255.%d.%d:%d"
            .formatted(RANDOM.nextInt(256), RANDOM.nextInt(256), 20_000 + RANDOM.nextInt(9000));
    site =
        new SiteUnderTest(
            folder,
            "10.20.0.0/16",
            Map.of(
                "MILLRACE_RELAY_MESH", "true",
                "MILLRACE_RELAY_LOG_READERS", "2",
                "MILLRACE_RELAY_MESH_GROUP", group,
                "MILLRACE_RELAY_MESH_INTERFACE", "127.0.0.1"));
    relays = site.relays();
    NodeUnderTest edge = site.startEdge("main", "ingest,transcoder,origin,edge");
    publisher = LoopingPublisher.start(List.of(edge.rtmp("show")), 500);
    for (String relay : RELAYS) {
      relays.start(relay, "relay");
    }
    for (String relay : RELAYS) {
      relays.node(relay).awaitPlayable("show");
      PLAYERS.put(relay, PlayerUnderTest.start("show", relays.node(relay)));
    }
  }

  @AfterAll
  static void stop() {
    PLAYERS.values().forEach(PlayerUnderTest::close);
    PLAYERS.clear(); // a failure is tried again in this process
    publisher.close();
    site.close();
  }

  private static SiteCounters counters() {
    return SiteCounters.at(site.main().node("main"));
  }

  @Test
  @Order(1)
  void partLeavesTheEdgeAboutOnce() {
    awaitSite();
    double copies = measure();
    // A machine that was busy while they started has them leave each other for some seconds.
    for (int more = 0; more < 2 && copies >= MOST_COPIES; more++) {
      copies = measure();
    }
    assertThat(copies).isLessThan(MOST_COPIES);
  }

  private static void awaitSite() {
    relays.await(
        "relays that play and have found each other",
        () ->
            PLAYERS.values().stream().allMatch(player -> player.parts() >= 8)
                && counters().byRelay().size() == 3
                && counters().least("mesh.peers") == 2);
    // Each fed itself until it knew the others, and a new one takes its place at a segment's start.
    SiteCounters found = counters();
    relays.await("two segments more", () -> counters().since(found).least("mesh.parts") >= 16);
  }

  /** Copies of a part from the edge, over 40 parts. */
  private static double measure() {
    SiteCounters before = counters();
    relays.await("40 parts more", () -> counters().since(before).least("mesh.parts") >= 40);
    SiteCounters after = counters();
    SiteCounters grown = after.since(before);
    System.out.println("MEASURED mesh of three relays: " + grown.text());
    assertThat(grown.sum("cast.wrong") + grown.sum("cast.strangers")).isZero();
    assertThat(grown.sum("mesh.chunksIn") + grown.sum("cast.partsIn")).isPositive();
    assertThat(after.sum("mesh.blames")).isZero();
    assertReadAtTwo(grown);
    return grown.copies();
  }

  @Test
  @Order(2)
  void deathOfTheFeederIsNotSeen() {
    awaitSite();
    String feeder = counters().feeder();
    Objects.requireNonNull(PLAYERS.remove(feeder)).close();
    List<PlayerUnderTest.Moment> left =
        PLAYERS.values().stream().map(PlayerUnderTest::now).toList();
    relays.node(feeder).process().kill();
    for (PlayerUnderTest.Moment before : left) {
      relays.await("12 more", () -> before.partsSince() >= 12);
      assertPlayed("feeder kill -9", before);
    }
  }

  private static void assertPlayed(String what, PlayerUnderTest.Moment since) {
    PlayerUnderTest player = since.player();
    System.out.println("MEASURED " + what + ": " + player.report());
    assertThat(player.faults()).isEmpty();
    // The target is none; three nodes and an encoder share two processors here.
    assertThat(since.stalledMillisSince()).as(player.report() + player.retries()).isLessThan(1000);
  }

  /** Two relays read the log at edges, and the third at them. */
  private static void assertReadAtTwo(SiteCounters grown) {
    String third = readsAtRelays(grown);
    assertThat(grown.of(third, "logs.fromEdges")).isZero();
    for (String relay : RELAYS) {
      if (!relay.equals(third)) {
        assertThat(grown.of(relay, "logs.fromEdges")).as(relay).isPositive();
        assertThat(grown.of(relay, "logs.fromRelays")).as(relay).isZero();
      }
    }
  }

  private static String readsAtRelays(SiteCounters grown) {
    return RELAYS.stream()
        .max(Comparator.comparingLong(relay -> grown.of(relay, "logs.fromRelays")))
        .orElseThrow();
  }

  @Test
  @Order(3)
  void whoReadsAtTwoRelaysIsBackAtTheEdgeWhenBothDie() {
    for (String relay : RELAYS) {
      if (!relays.node(relay).process().isAlive()) {
        relays.restart(relay).awaitPlayable("show");
      }
    }
    awaitSite();
    SiteCounters found = counters();
    relays.await("8 parts more", () -> counters().since(found).least("mesh.parts") >= 8);
    String third = readsAtRelays(counters().since(found));
    PlayerUnderTest player = Objects.requireNonNull(PLAYERS.remove(third));
    PLAYERS.values().forEach(PlayerUnderTest::close);
    PLAYERS.clear();
    try (player) {
      PlayerUnderTest.Moment before = player.now();
      long fromEdges = counters().of(third, "logs.fromEdges");
      RELAYS.stream()
          .filter(relay -> !relay.equals(third))
          .forEach(relay -> relays.node(relay).process().kill());
      relays.await("16 more", () -> before.partsSince() >= 16);
      assertPlayed("both readers kill -9", before);
      relays.await("read at the edge", () -> counters().of(third, "logs.fromEdges") > fromEdges);
    }
  }
}
