package dev.millrace.server.e2e;

import static dev.millrace.server.e2e.Chromium.number;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Players between the edges of a real cluster (RFC 8216bis §7): they prefer the least loaded one,
 * and leave one that is killed or drains by themselves. The tests follow each other on one cluster:
 * edge two is crowded from the second on, edge one is dead after the third, three after the fourth.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Isolated("needs the processors, or measures what having them costs")
class SteeringIT {
  /** Longest time for which a picture may stand still when its edge is killed. */
  private static final double KILL_BUDGET_MILLIS = 3_000;

  /** The same when it drains: none; a busy machine alone shows no picture for half a second. */
  private static final double DRAIN_BUDGET_MILLIS = 1_000;

  private static final Duration DRAIN_DEADLINE = Duration.ofSeconds(30);

  /** Read at edge two, whose line carries a fraction of it. */
  private static final int CROWD = 3;

  private static final int ASKED = 200;
  private static final String STEERING = "/steering/live/show.json";

  @TempDir static Path folder;

  private static final List<AutoCloseable> open = new ArrayList<>();

  /** Players at edge two that know nothing of steering. */
  private static final List<PlayerUnderTest> crowd = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private static ClusterUnderTest cluster;

  @SuppressWarnings("NullAway.Init")
  private static Page page;

  @BeforeAll
  static void start() {
    Chromium chromium = opened(Chromium.start());
    cluster =
        opened(new ClusterUnderTest(folder, "steering", Map.of("MILLRACE_STEERING_TTL", "2s")));
    Map<String, String> roles = new LinkedHashMap<>();
    roles.put("core", "ingest,origin");
    roles.put("one", "edge");
    roles.put("three", "edge");
    cluster.startAll(roles);
    cluster.start("two", "edge", Map.of("MILLRACE_HTTP_BANDWIDTH", "400k"));
    opened(LoopingPublisher.start(List.of(node("core").rtmp("show")), 500));
    for (String edge : List.of("one", "two", "three")) {
      node(edge).awaitPlayable("show");
    }
    page = chromium.newPage();
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    // A failure is tried again in this process.
    open.clear();
    crowd.clear();
    IDS.clear();
  }

  /** Crowds edge two. */
  private static void crowd() {
    while (crowd.size() < CROWD) {
      crowd.add(opened(PlayerUnderTest.start("show", node("two"))));
    }
  }

  /** As the tests before leave it, also for one that is tried again by itself. */
  private static void pageAt(String edge, String... gone) {
    crowd();
    assertThat(ids()).hasSizeGreaterThanOrEqualTo(3);
    for (String each : gone) {
      if (node(each).process().isAlive()) {
        node(each).process().kill();
      }
    }
    if (!edge.equals(page.evaluate("window.millrace?.edge"))) {
      page.navigate(node(edge).http("/watch/live/show").toString());
      await("the page to play", () -> number(page, "millrace.decodedFrames") > 75);
      awaitSteered();
    }
  }

  private static <T extends AutoCloseable> T opened(T something) {
    open.add(something);
    return something;
  }

  private static NodeUnderTest node(String name) {
    return cluster.node(name);
  }

  @Test
  @Order(1)
  void everyEdgeTellsOfAllEdges() {
    Map<String, String> ids = ids();
    for (String edge : List.of("one", "two", "three")) {
      String multivariant = node(edge).get("/hls/live/show/index.m3u8").body();
      assertThat(multivariant)
          .containsOnlyOnce(
              "#EXT-X-CONTENT-STEERING:SERVER-URI=\""
                  + STEERING
                  + "\",PATHWAY-ID=\""
                  + ids.get(edge));
      assertThat(multivariant.lines().filter(line -> line.startsWith("#EXT-X-STREAM-INF")))
          .isNotEmpty()
          .allMatch(line -> line.contains("PATHWAY-ID=\"" + ids.get(edge) + "\""))
          .allMatch(line -> line.contains("STABLE-VARIANT-ID="));
      JsonObject manifest = manifest(edge, edge, "somebody");
      assertThat(manifest.getInteger("VERSION")).isEqualTo(1);
      assertThat(manifest.getInteger("TTL")).isEqualTo(2);
      assertThat(names(manifest)).first().isEqualTo(edge);
      assertThat(names(manifest)).containsExactlyInAnyOrder("one", "two", "three");
      assertThat(clones(manifest)).containsExactlyInAnyOrderElementsOf(others(ids, edge));
    }
  }

  @Test
  @Order(2)
  void playersPreferTheLeastLoadedEdge() {
    crowd();
    cluster.await(
        "the line of edge two to be full",
        () -> names(manifest("one", "one", "somebody")).equals(List.of("one", "three", "two")));
    cluster.await(
        "edge two to know it, too",
        () -> IntStream.range(0, ASKED).anyMatch(i -> goesFromTwo("viewer" + i)));
    long leave = IntStream.range(0, ASKED).filter(i -> goesFromTwo("viewer" + i)).count();
    System.out.printf(
        "MEASURED crowded edge: %d of %d players told to go elsewhere%n", leave, ASKED);
    assertThat(leave).isBetween(ASKED / 4L, ASKED * 9L / 10);
    assertThat(IntStream.range(0, ASKED).mapToObj(i -> manifest("three", "three", "viewer" + i)))
        .allMatch(manifest -> names(manifest).getFirst().equals("three"));
  }

  private static boolean goesFromTwo(String player) {
    JsonObject manifest = manifest("two", "two", player);
    String to = names(manifest).getFirst();
    if (!to.equals("two")) {
      assertThat(manifest.getString("RELOAD-URI")).isEqualTo(node(to).http(STEERING).toString());
    }
    return !to.equals("two");
  }

  @Test
  @Order(3)
  void thePageGoesToTheLeastLoadedEdgeWhenItsOwnIsKilled() {
    pageAt("one");
    assertThat(page.evaluate("millrace.edge")).isEqualTo("one");
    assertThat(viewers("one")).isPositive();
    awaitSteered();
    cluster.await(
        "edge three to be preferred to the crowded one",
        () -> names(manifest("one", "one", "somebody")).equals(List.of("one", "three", "two")));
    PictureWatch picture = PictureWatch.begin(page);
    node("one").process().kill();
    picture.await(200);
    double still = picture.longestStillMillis();
    System.out.printf(
        "MEASURED edge kill -9: picture stood still for %.0f ms (budget %.0f)%n",
        still, KILL_BUDGET_MILLIS);
    assertThat(still).as(events()).isLessThan(KILL_BUDGET_MILLIS);
    assertThat(page.evaluate("millrace.edge")).as(events()).isEqualTo("three");
    assertThat(number(page, "millrace.loads")).as("loads of the source").isEqualTo(1);
    assertServedBy("three");
  }

  @Test
  @Order(4)
  void aDrainingEdgeIsLeftBeforeItGoes() {
    pageAt("three", "one");
    NodeUnderTest draining = node("three");
    PictureWatch picture = PictureWatch.begin(page);
    CompletableFuture<HttpResponse<String>> held =
        CompletableFuture.supplyAsync(() -> draining.get(nextPart(draining)));
    long asked = System.nanoTime();
    drain("three");
    await("the page to go on at edge two", () -> "two".equals(page.evaluate("millrace.edge")));
    double leftMillis = millisSince(asked);
    assertThat(draining.get("/healthz").statusCode()).isEqualTo(503);
    assertThat(draining.get("/livez").statusCode()).isEqualTo(200);
    assertThat(held.join().statusCode()).as("a reload that was held").isEqualTo(200);
    int status = draining.process().awaitExit(DRAIN_DEADLINE);
    double goneMillis = millisSince(asked);
    picture.await(60);
    double still = picture.longestStillMillis();
    System.out.printf(
        "MEASURED edge drained: left after %.0f ms, process gone after %.0f ms (deadline %d),"
            + " picture stood still for %.0f ms%n",
        leftMillis, goneMillis, DRAIN_DEADLINE.toMillis(), still);
    assertThat(status).as(draining.process().output()).isZero();
    assertThat(draining.process().output()).contains("drained in");
    assertThat(still).as(events()).isLessThan(DRAIN_BUDGET_MILLIS);
    assertThat(number(page, "millrace.loads")).as("loads of the source").isEqualTo(1);
    assertServedBy("two");
  }

  @Test
  @Order(5)
  void aPlayerWithoutSteeringJustPlays() {
    List<LibavReader.Seen> seen = LibavReader.read(node("two").playlist("show"), 3);
    assertThat(seen).hasSize(2).allMatch(each -> each.rewinds() == 0);
  }

  @Test
  @Order(6)
  void viewersOfTheOnlyEdgeGoOnWhenItIsStartedAgain() {
    pageAt("two", "one", "three");
    PlayerUnderTest player = crowd.getFirst();
    PictureWatch picture = PictureWatch.begin(page);
    long stalled = player.stalledMillis();
    long asked = System.nanoTime();
    node("two").process().signal("TERM");
    int status = node("two").process().awaitExit(DRAIN_DEADLINE);
    double goneMillis = millisSince(asked);
    cluster.restart("two");
    double backMillis = millisSince(asked);
    int parts = player.parts();
    cluster.await("8 more parts", () -> player.parts() >= parts + 8);
    picture.await(60);
    System.out.printf(
        "MEASURED the only edge started again: gone after %.0f ms, back after %.0f ms; page stood"
            + " still for %.0f ms, player without steering for %d ms%n",
        goneMillis, backMillis, picture.longestStillMillis(), player.stalledMillis() - stalled);
    assertThat(status).isZero();
    assertThat(player.faults()).isEmpty();
    assertThat(player.discontinuities()).isZero();
  }

  /** As an operator does it. */
  private static void drain(String name) {
    ChildProcess command =
        ChildProcess.start(
            Installation.node(
                List.of("drain", name, "--no-wait", "--url", node("two").http("").toString())),
            Map.of("MILLRACE_CLUSTER_SECRET", ClusterUnderTest.SECRET),
            folder);
    assertThat(command.awaitExit(Duration.ofSeconds(30))).as(command.output()).isZero();
  }

  /** The address of a reload that is held until the part after the newest is there. */
  private static String nextPart(NodeUnderTest edge) {
    String playlist = edge.get("/hls/live/show/video/index.m3u8").body();
    long first =
        playlist
            .lines()
            .filter(line -> line.startsWith("#EXT-X-MEDIA-SEQUENCE:"))
            .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
            .findFirst()
            .orElseThrow();
    long whole = playlist.lines().filter(line -> line.startsWith("#EXTINF")).count();
    return "/hls/live/show/video/index.m3u8?_HLS_msn=" + (first + whole + 1);
  }

  private static void assertServedBy(String edge) {
    double before = metric(edge, "millrace_http_media_files_total");
    await(
        "media from edge " + edge, () -> metric(edge, "millrace_http_media_files_total") > before);
    assertThat(viewers(edge)).as("viewers that edge %s counts", edge).isPositive();
  }

  /** Of the stream, as the API of the edge counts them. */
  private static int viewers(String edge) {
    JsonArray byNode =
        new JsonObject(node(edge).get("/api/v1/streams/live/show").body())
            .getJsonArray("viewersByNode");
    return objects(byNode).stream()
        .filter(each -> each.getString("name").equals(edge))
        .mapToInt(each -> each.getInteger("viewers"))
        .sum();
  }

  private static double metric(String edge, String name) {
    return node(edge)
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  /** What a player at an edge is told there. */
  private static JsonObject manifest(String asked, String present, String player) {
    String address = STEERING + "?_HLS_pathway=" + ids().get(present) + "&viewer=" + player;
    return new JsonObject(node(asked).get(address).body());
  }

  private static List<String> names(JsonObject manifest) {
    Map<String, String> ids = ids();
    return manifest.getJsonArray("PATHWAY-PRIORITY").stream()
        .map(id -> ids.entrySet().stream().filter(each -> each.getValue().equals(id)))
        // One that this edge knows and the one that was asked for ids does not know yet.
        .map(found -> found.findFirst().map(Map.Entry::getKey).orElse("unknown"))
        .toList();
  }

  private static List<String> clones(JsonObject manifest) {
    return objects(manifest.getJsonArray("PATHWAY-CLONES")).stream()
        .map(each -> each.getString("ID"))
        .toList();
  }

  private static List<String> others(Map<String, String> ids, String edge) {
    return List.of("one", "two", "three").stream()
        .filter(each -> !each.equals(edge))
        .map(each -> ids.getOrDefault(each, ""))
        .toList();
  }

  private static final Map<String, String> IDS = new LinkedHashMap<>();

  /** Ids of the nodes by name. */
  private static Map<String, String> ids() {
    if (IDS.size() < 3) {
      JsonObject json = new JsonObject(node("one").get("/api/v1/cluster").body());
      objects(json.getJsonArray("nodes"))
          .forEach(each -> IDS.put(each.getString("name"), each.getString("id")));
    }
    return IDS;
  }

  private static List<JsonObject> objects(JsonArray array) {
    return IntStream.range(0, array.size()).mapToObj(array::getJsonObject).toList();
  }

  private static void await(String what, java.util.concurrent.Callable<Boolean> condition) {
    Chromium.await(what, condition);
  }

  /** The page knows the order in which it is to prefer the edges. */
  private static void awaitSteered() {
    await("the page to be steered", () -> number(page, STEERED) > 0);
  }

  private static final String STEERED =
      "performance.getEntriesByType('resource').filter(each =>"
          + " each.name.includes('/steering/')).length";

  private static String events() {
    return String.valueOf(page.evaluate("JSON.stringify(millrace.events)"));
  }

  private static double millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e6;
  }
}
