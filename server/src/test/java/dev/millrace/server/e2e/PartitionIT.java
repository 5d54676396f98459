package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cluster.secret.ClusterSecret;
import dev.millrace.media.StreamPath;
import dev.millrace.server.chaos.LogRecorder;
import dev.millrace.server.chaos.PartLedger;
import dev.millrace.server.hosts.Half;
import dev.millrace.server.hosts.TestNetwork;
import dev.millrace.server.hosts.VirtualHost;
import dev.millrace.server.hosts.VirtualHosts;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Four nodes on four hosts of two halves, each half with ingest, origin and edge; the network
 * between the halves is cut and healed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Isolated("needs the processors, or measures what having them costs")
class PartitionIT {
  private static final String CLUSTER = "halves";
  private static final Duration CUT = Duration.ofSeconds(30);
  private static final Pattern NAME = Pattern.compile("\"name\"\\s*:\\s*\"(\\w+)\"");
  private static final Pattern EPOCH = Pattern.compile("URI=\"(\\d+)-\\d+\\.\\d+\\.m4s\"");
  private static final int INTERNAL_PORT = 7900;

  @TempDir private static Path folder;
  private VirtualHosts network;
  private ClusterUnderTest cluster;

  @BeforeAll
  void start() {
    network = TestNetwork.create();
    cluster =
        new ClusterUnderTest(
            folder,
            CLUSTER,
            Map.of("MILLRACE_CLUSTER_INTERNAL_PORT", Integer.toString(INTERNAL_PORT)));
    Map<String, String> roles = new LinkedHashMap<>();
    for (Half half : Half.values()) {
      roles.put(placeNode(cluster, half), "ingest,origin");
      roles.put(placeNode(cluster, half), "edge");
    }
    cluster.startAll(roles);
  }

  /** In a new host, after which it is named. */
  private String placeNode(ClusterUnderTest member, Half half) {
    VirtualHost host = network.add(half);
    member.place(host.name(), host);
    return host.name();
  }

  @AfterAll
  void close() {
    if (cluster != null) {
      cluster.close();
    }
    if (network != null) {
      network.close();
    }
  }

  @Test
  @Order(1)
  void nodesFindEachOtherByMulticastAlone() {
    awaitNodes("a2", "a1", "a2", "b1", "b2");
    awaitNodes("b2", "a1", "a2", "b1", "b2");
  }

  @Test
  @Order(2)
  void oneLivingSeedIsEnough() {
    String joining = placeNode(cluster, Half.A);
    String dead = network.add(Half.B).address();
    cluster.start(
        joining,
        "edge",
        Map.of(
            "MILLRACE_CLUSTER_DISCOVERY",
            "seeds",
            "MILLRACE_CLUSTER_SEEDS",
            dead + ":7800," + host("b1").address() + ":7800"));
    awaitNodes(joining, "a1", "a2", "a3", "b1", "b2");
    cluster.node(joining).close();
    awaitNodes("a2", "a1", "a2", "b1", "b2");
  }

  @Test
  @Order(3)
  void sharedFolderIsEnough() {
    try (ClusterUnderTest other =
        new ClusterUnderTest(
            folder.resolve("other"),
            "folder",
            Map.of(
                "MILLRACE_CLUSTER_DISCOVERY",
                "file",
                "MILLRACE_CLUSTER_FOLDER",
                folder.resolve("shared").toString()))) {
      Map<String, String> roles = new LinkedHashMap<>();
      roles.put(placeNode(other, Half.A), "ingest,transcoder,origin,edge");
      roles.put(placeNode(other, Half.B), "edge");
      other.startAll(roles);
      for (String node : roles.keySet()) {
        other.await("both are at " + node, () -> names(other, node).equals(roles.keySet()));
      }
    }
  }

  @Test
  @Order(4)
  void newestPublicationWinsAfterTheCut() {
    ClusterSecret secret = ClusterSecret.parse(ClusterUnderTest.SECRET);
    PartLedger ledger = new PartLedger();
    try (LogRecorder recorder = new LogRecorder(ledger, secret.keys(CLUSTER));
        LoopingPublisher first = publish("a1")) {
      for (VirtualHost host : List.of(host("a1"), host("b1"))) {
        URI internal = URI.create("https://" + host.address() + ":" + INTERNAL_PORT);
        recorder.record(host.name(), internal, new StreamPath("live", "cut"));
      }
      cluster.node("a2").awaitPlayable("cut");
      cluster.node("b2").awaitPlayable("cut");
      try (PlayerUnderTest near = PlayerUnderTest.start("cut", cluster.node("a2"));
          PlayerUnderTest far = PlayerUnderTest.start("cut", cluster.node("b2"))) {
        cluster.await("players play", () -> near.parts() > 10 && far.parts() > 10);
        try {
          cutAndHeal(first, near, far);
        } catch (AssertionError e) {
          throw new AssertionError(told("near", near) + told("far", far) + e.getMessage(), e);
        } finally {
          network.heal();
        }
        assertNothingCrossed(ledger, near, far);
      }
    }
  }

  private void cutAndHeal(LoopingPublisher first, PlayerUnderTest near, PlayerUnderTest far) {
    String epochBefore = newestEpoch("a2");
    long cut = System.nanoTime();
    network.cut();
    awaitNodes("b2", "b1", "b2");
    awaitNodes("a2", "a1", "a2");
    long apart = millisSince(cut);

    try (LoopingPublisher second = publish("b1")) {
      int farBefore = far.parts();
      cluster.await("the far player goes on", () -> far.parts() > farBefore + 10);
      long farStall = far.stalledMillis();
      assertThat(far.discontinuities()).as("announced to the far player").isPositive();
      String epochFar = newestEpoch("b2");
      assertThat(Long.parseLong(epochFar)).isGreaterThan(Long.parseLong(epochBefore));
      Awaitility.await()
          .atMost(CUT.plusSeconds(10))
          .until(() -> millisSince(cut) >= CUT.toMillis());
      assertThat(first.isConnected()).as("in its own half the first one is the newest").isTrue();
      assertThat(newestEpoch("a2")).isEqualTo(epochBefore);
      long nearStall = near.stalledMillis();
      assertThat(nearStall).as("stall within the half of the first publisher").isLessThan(500);

      network.heal();
      long healed = System.nanoTime();
      awaitNodes("a2", "a1", "a2", "b1", "b2");
      long merged = millisSince(healed);
      cluster.await("the first is closed", () -> !first.isConnected());
      long closed = millisSince(healed);
      cluster.await("the newest is at a2", () -> newestEpoch("a2").equals(epochFar));
      long everywhere = millisSince(healed);
      int nearBefore = near.parts();
      cluster.await("the near player goes on", () -> near.parts() > nearBefore + 10);
      System.out.printf(
          "MEASURED network cut for %d s: each half alone after %d ms; after the heal: whole view"
              + " %d ms, old publisher closed %d ms, newest epoch on every edge %d ms; stall of the"
              + " player beside the old publisher %d ms, of the other one %d ms until its half had"
              + " a publisher, %d ms more by the heal%n",
          CUT.toSeconds(),
          apart,
          merged,
          closed,
          everywhere,
          near.stalledMillis(),
          farStall,
          far.stalledMillis() - farStall);
      assertThat(cluster.node("a1").process().output()).contains("reason=taken-over");
      assertThat(second.connections()).as("the newest is not disturbed").isEqualTo(1);
      assertThat(near.discontinuities()).as("announced to the near player").isPositive();
      assertThat(far.stalledMillis() - farStall).as("stall by the heal").isLessThan(500);
    }
  }

  private static String told(String name, PlayerUnderTest player) {
    return "%s player: %s%nfaults %s%nretries %s%n"
        .formatted(name, player.report(), player.faults(), player.retries());
  }

  private void assertNothingCrossed(PartLedger ledger, PlayerUnderTest... players) {
    for (PlayerUnderTest player : players) {
      System.out.println("MEASURED player: " + player.report());
      assertThat(player.faults()).as(player.report()).isEmpty();
    }
    Map<String, String> received = PlayerUnderTest.received("live/cut");
    cluster.await(
        "the logs tell what was received", () -> ledger.check(received).faults().isEmpty());
    PartLedger.Verdict verdict = ledger.check(received);
    System.out.println("MEASURED received parts that are the writers': " + verdict.matching());
    assertThat(verdict.matching()).isGreaterThan(100);
    assertThat(verdict.faults()).isEmpty();
  }

  private LoopingPublisher publish(String node) {
    // Not again once it was closed: an encoder that reconnects would take the stream back.
    return LoopingPublisher.start(
        List.of(cluster.node(node).rtmp("cut")), TimeUnit.MINUTES.toMillis(10));
  }

  private VirtualHost host(String name) {
    return network.hosts().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void awaitNodes(String seenBy, String... names) {
    cluster.await(
        seenBy + " sees " + List.of(names),
        () -> names(cluster, seenBy).equals(new TreeSet<>(List.of(names))));
  }

  /** The nodes that a node sees, by name. */
  private static Set<String> names(ClusterUnderTest of, String seenBy) {
    String json = of.node(seenBy).get("/api/v1/cluster").body();
    TreeSet<String> names = new TreeSet<>();
    NAME.matcher(json.substring(Math.max(0, json.indexOf("\"nodes\""))))
        .results()
        .forEach(each -> names.add(each.group(1)));
    return names;
  }

  /** The epoch in the name of the last part that an edge lists; empty if it lists none. */
  private String newestEpoch(String edge) {
    return EPOCH
        .matcher(Streams.playlist(cluster.node(edge), "cut", "video"))
        .results()
        .reduce((one, next) -> next)
        .map(each -> each.group(1))
        .orElse("");
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }
}
