package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A site with three relays that read at two edges: what they serve is what edges serve, byte for
 * byte, and the loss of an edge or a relay is not seen.
 */
@Isolated("needs the processors, or measures what having them costs")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RelayIT {
  private static final Pattern PART = Pattern.compile("#EXT-X-PART:.*URI=\"([^\"]+)\"");
  private static final Pattern SEGMENT = Pattern.compile("(?m)^([^#\\s]+\\.m4s)$");
  private static final Pattern MAP = Pattern.compile("#EXT-X-MAP:URI=\"([^\"]+)\"");

  /** A relay that is not heard of for 15 s counts as dead. */
  private static final Duration LEAVES_WITHIN = Duration.ofSeconds(20);

  /** RELAY.md 3.2; at the median, since processors are shared here. */
  private static final long ADDED_MILLIS = 150;

  /** As with an edge that dies. */
  private static final double STANDS_STILL_MILLIS = 3_000;

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static SiteUnderTest campus;

  @SuppressWarnings("NullAway.Init")
  private static ClusterUnderTest main;

  @SuppressWarnings("NullAway.Init")
  private static ClusterUnderTest site;

  @SuppressWarnings("NullAway.Init")
  private static LoopingPublisher publisher;

  @BeforeAll
  static void startTwoEdgesAndThreeRelays() throws IOException {
    campus = new SiteUnderTest(folder, "127.0.0.0/8,10.20.0.0/16", Map.of());
    main = campus.main();
    site = campus.relays();
    campus.startEdge("main", "ingest,transcoder,origin,edge");
    campus.startEdge("edge", "edge");
    site.start("relay1", "relay");
    site.start("relay2", "relay");
    site.start("relay3", "relay");
    publisher = LoopingPublisher.start(List.of(main.node("main").rtmp("show")), 500);
    relays().forEach(relay -> relay.awaitPlayable("show"));
  }

  @AfterAll
  static void stop() {
    publisher.close();
    campus.close();
  }

  private static Stream<NodeUnderTest> relays() {
    return Stream.of("relay1", "relay2", "relay3").map(site::node);
  }

  @Test
  @Order(1)
  void relaysServeWhatEdgesServeByteForByte() {
    NodeUnderTest edge = main.node("edge");
    edge.awaitPlayable("show");
    String multivariant = edge.get("/hls/live/show/index.m3u8").body();
    String rendition =
        multivariant.lines().filter(line -> line.endsWith(".m3u8")).findFirst().orElseThrow();
    String base = "/hls/live/show/" + rendition.substring(0, rendition.indexOf('/') + 1);
    NodeUnderTest relay = site.node("relay1");
    site.await(
        "a moment in which both show the same",
        () -> {
          String before = edge.get(base + "index.m3u8").body();
          String there = relay.get(base + "index.m3u8").body();
          return before.equals(edge.get(base + "index.m3u8").body()) && before.equals(there);
        });
    assertThat(withoutPathway(relay.get("/hls/live/show/index.m3u8").body()))
        .isEqualTo(withoutPathway(multivariant));
    String playlist = edge.get(base + "index.m3u8").body();
    for (Pattern names : List.of(PART, SEGMENT, MAP)) {
      Matcher name = names.matcher(playlist);
      while (name.find()) {
        assertThat(relay.bytes(base + name.group(1))).isEqualTo(edge.bytes(base + name.group(1)));
      }
    }
  }

  private static String withoutPathway(String multivariant) {
    return multivariant.replaceAll("PATHWAY-ID=\"[^\"]*\"", "");
  }

  @Test
  @Order(2)
  void edgesSendTheSitesViewersToItsRelays() {
    for (String edge : List.of("main", "edge")) {
      site.await(
          "all relays in the manifest of " + edge, () -> pathways(main.node(edge), "").size() == 5);
      assertThat(pathways(main.node(edge), "").subList(0, 3))
          .as("relays first")
          .containsExactlyInAnyOrderElementsOf(ids("relay1", "relay2", "relay3"));
    }
    assertThat(main.node("edge").get("/api/v1/relay/sites").body())
        .contains("\"name\":\"campus\"", "\"offload\"", "\"name\":\"relay3\"");
    String relay2 = ids("relay2").getFirst();
    assertThat(pathways(site.node("relay2"), relay2).getFirst())
        .as("who is at a relay stays there")
        .isEqualTo(relay2);
  }

  private static List<String> pathways(NodeUnderTest edge, String present) {
    String manifest =
        edge.get("/steering/live/show.json" + (present.isEmpty() ? "" : "?_HLS_pathway=" + present))
            .body();
    Matcher priority = Pattern.compile("\"PATHWAY-PRIORITY\":\\[([^\\]]*)\\]").matcher(manifest);
    return priority.find() && !priority.group(1).isEmpty()
        ? List.of(priority.group(1).replace("\"", "").split(","))
        : List.of();
  }

  private static List<String> ids(String... relays) {
    String json = site.node("relay1").get("/api/v1/cluster").body();
    return Stream.of(relays)
        .map(
            name -> {
              Matcher id =
                  Pattern.compile("\"id\":\"([^\"]*)\",\"name\":\"" + name + "\"").matcher(json);
              assertThat(id.find()).as(name).isTrue();
              return id.group(1);
            })
        .toList();
  }

  /** A relay asks when it reads in the log that a part is there: a way to the edge and back. */
  @Test
  @Order(3)
  void partsComeSoonAfterTheEdges() {
    try (PartTimes edge = PartTimes.ofBytes(main.node("edge"), "show", "video");
        PartTimes relay = PartTimes.ofBytes(site.node("relay1"), "show", "video")) {
      site.await("24 parts", () -> edge.count("video") >= 24 && relay.count("video") >= 24);
      Histogram delay = relay.delayBehind(edge, "video");
      System.out.println("MEASURED parts of a relay after the edge's: " + PartTimes.text(delay));
      assertThat(delay.getTotalCount()).isGreaterThan(15);
      assertThat(delay.getValueAtPercentile(50)).isLessThan(ADDED_MILLIS);
    }
  }

  @Test
  @Order(4)
  void streamThatIsNotForTheSiteIsNotThereForIt() {
    String path = "/hls/live/other/index.m3u8";
    try (LoopingPublisher other =
        LoopingPublisher.start(List.of(main.node("main").rtmp("other")), 500)) {
      main.node("edge").awaitPlayable("other");
      assertThat(site.node("relay1").get(path).statusCode()).isEqualTo(404);
      assertThat(site.node("relay1").get("/api/v1/streams").body())
          .contains("live/show")
          .doesNotContain("live/other");
      String manifest = main.node("edge").get("/steering/live/other.json").body();
      assertThat(manifest).contains("PATHWAY-PRIORITY");
      assertThat(ids("relay1", "relay2", "relay3")).noneMatch(manifest::contains);
      assertThat(other.connections()).isOne();
    }
  }

  @Test
  @Order(10)
  void relayThatDiesLeavesTheManifest() {
    List<String> left = ids("relay1", "relay2");
    String gone = ids("relay3").getFirst();
    long killed = System.nanoTime();
    site.node("relay3").process().kill();
    site.await(
        "the dead relay to leave the manifest",
        () -> {
          List<String> now = pathways(main.node("main"), "");
          return !now.contains(gone) && now.containsAll(left);
        });
    long tookMillis = (System.nanoTime() - killed) / 1_000_000;
    System.out.printf("MEASURED relay kill -9: left the manifest after %d ms%n", tookMillis);
    assertThat(tookMillis).isLessThan(LEAVES_WITHIN.toMillis());
  }

  @Test
  @Order(9)
  void lossOfAnEdgeIsNotSeen() {
    NodeUnderTest relay = site.node("relay1");
    try (PlayerUnderTest player = PlayerUnderTest.start("show", relay)) {
      site.await("8 parts", () -> player.parts() >= 8);
      main.node("edge").process().kill();
      int parts = player.parts();
      site.await("8 more", () -> player.parts() >= parts + 8);
      System.out.println("MEASURED edge of a relay kill -9: " + player.report());
      assertThat(player.faults()).isEmpty();
      assertThat(player.stalledMillis())
          .as(player.report() + player.retries())
          .isLessThan(ClusterUnderTest.FRAME_MILLIS);
    }
  }

  /** Two relays and the edge at which the page was opened are left. */
  @Test
  @Order(11)
  void pageOfTheSiteGoesToARelayAndLeavesItWhenItDies() {
    try (Chromium chromium = Chromium.start();
        Page page = chromium.newPage()) {
      page.navigate(main.node("main").http("/watch/live/show").toString());
      String first = awaitRelay(page, "");
      PictureWatch picture = PictureWatch.begin(page);
      picture.await(60);
      site.node(first).process().kill();
      String second = awaitRelay(page, first);
      picture.await(60);
      System.out.printf(
          "MEASURED %s kill -9: the page goes on at %s, picture stood still for %.0f ms%n",
          first, second, picture.longestStillMillis());
      assertThat(picture.longestStillMillis()).isLessThan(STANDS_STILL_MILLIS);
      assertThat(Chromium.number(page, "millrace.loads")).as("loads of the source").isEqualTo(1);
    }
  }

  /** Where the page loads from, once that is a relay and another than before. */
  private static String awaitRelay(Page page, String before) {
    Chromium.await(
        "media from a relay",
        () ->
            page.evaluate("millrace.edge") instanceof String now
                && now.startsWith("relay")
                && !now.equals(before));
    return (String) page.evaluate("millrace.edge");
  }
}
