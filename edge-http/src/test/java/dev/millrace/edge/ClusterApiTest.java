package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.media.StreamPath;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterApiTest {
  private static final String API = "/api/v1/streams/live/main";
  private static final StreamPath PATH = MemorySource.PATH;

  private final ClusterScript script = new ClusterScript();
  private final EdgeFixture edge = new EdgeFixture(EdgeFixture.config(), script.cluster());

  @AfterEach
  void close() {
    edge.close();
  }

  @Test
  void showsAllNodes() {
    script.edge("b", "http://b.example:8080", 0.1);
    JsonObject cluster = json(edge.get("/api/v1/cluster"));
    assertThat(cluster.getString("name")).isEqualTo("test");
    assertThat(cluster.getString("node")).isEqualTo("a");
    JsonObject node = cluster.getJsonArray("nodes").getJsonObject(1);
    assertThat(node.getString("name")).isEqualTo("node b");
    assertThat(node.getJsonArray("roles")).containsExactly("edge");
    assertThat(node.getJsonObject("addresses").getString("viewers"))
        .isEqualTo("http://b.example:8080");
    assertThat(node.getLong("uptimeSeconds")).isPositive();
    assertThat(cluster.getJsonObject("settings").getJsonArray("differing")).isEmpty();
    script.settings.addFirst(new SettingsRevision(1, Instant.EPOCH, "test", Map.of()));
    assertThat(
            json(edge.get("/api/v1/cluster")).getJsonObject("settings").getJsonArray("differing"))
        .containsExactly("node a", "node b");
  }

  @Test
  void showsWhatIsSetInAnotherWay() {
    script.differences.add(
        new SettingDifference(
            "origin.replicas", List.of(List.of("node a", "node c"), List.of("node b"))));
    JsonObject settings = json(edge.get("/api/v1/cluster")).getJsonObject("settings");
    assertThat(settings.getJsonArray("differences").encode())
        .isEqualTo(
            "[{\"key\":\"origin.replicas\",\"nodes\":[[\"node a\",\"node c\"],[\"node b\"]]}]");
  }

  @Test
  void tellsNodesToNobodyBehindAProxyWithoutTheToken() {
    HttpResponse<byte[]> refused = edge.get("/api/v1/cluster", "X-Forwarded-For", "203.0.113.9");
    assertThat(refused.statusCode()).isEqualTo(403);
    HttpResponse<byte[]> told =
        edge.get(
            "/api/v1/cluster",
            "X-Forwarded-For",
            "203.0.113.9",
            "Authorization",
            "Bearer " + ClusterScript.TOKEN);
    assertThat(told.statusCode()).isEqualTo(200);
    assertThat(told.headers().firstValue("access-control-allow-origin")).isEmpty();
  }

  @Test
  void showsStreamsThatAreElsewhereWithoutFollowingThem() {
    script.ingest("i");
    script.copy(PATH, "i", StreamCopy.Kind.INGEST, StreamCopy.State.LIVE);
    script.copy(PATH, "o", StreamCopy.Kind.ORIGIN, StreamCopy.State.FILLING);
    script.reports.put(
        "i",
        CompletableFuture.completedFuture(
            """
            {"streams": {"live/main": {"state": "live", "frameRate": 25.0, "ladder": {"state": "off"}}}}
            """));
    edge.stream(9);
    JsonObject stream = json(edge.get("/api/v1/streams")).getJsonArray("streams").getJsonObject(0);
    assertThat(stream.getString("state")).isEqualTo("live");
    assertThat(stream.getDouble("frameRate")).isEqualTo(25);
    assertThat(stream.getJsonObject("ladder").getString("state")).isEqualTo("off");
    JsonArray copies = stream.getJsonArray("copies");
    assertThat(copies.getJsonObject(0).getString("name")).isEqualTo("node i");
    assertThat(copies.getJsonObject(0).getString("kind")).isEqualTo("ingest");
    assertThat(copies.getJsonObject(1).getString("state")).isEqualTo("filling");
    assertThat(edge.source.followers).hasValue(0);
    JsonArray edges = json(edge.get(API)).getJsonArray("edges");
    assertThat(edges.getJsonObject(0).getString("url")).isEqualTo("http://a.example:8080");
    assertThat(edge.source.followers).hasValue(1);
  }

  @Test
  void answersWithoutANodeThatDoesNot() {
    script.ingest("i");
    script.reports.put("i", new CompletableFuture<>());
    script.copy(PATH, "i", StreamCopy.Kind.INGEST, StreamCopy.State.AWAY);
    assertThat(json(edge.get(API)).getString("state")).isEqualTo("waiting");
    script.reports.put("i", CompletableFuture.failedFuture(new IllegalStateException("gone")));
    assertThat(edge.get(API).statusCode()).isEqualTo(200);
  }

  @Test
  void asksOtherNodesOnceASecondHoweverManyAsk() {
    script.ingest("i");
    edge.get("/api/v1/streams");
    edge.get("/api/v1/streams");
    edge.get(API);
    assertThat(script.asked).hasSize(1);
    edge.pushedNanos.addAndGet(Duration.ofMillis(1100).toNanos());
    edge.get("/api/v1/streams");
    await().until(() -> script.asked.size() == 2);
  }

  @Test
  void countsAViewerThatMovedBetweenEdgesOnce() {
    script.edge("b", "http://b.example:8080", 0.1);
    script.copy(PATH, "i", StreamCopy.Kind.INGEST, StreamCopy.State.LIVE);
    edge.stream(9);
    edge.get("/hls/live/main/video/index.m3u8?viewer=alice");
    edge.get("/hls/live/main/video/index.m3u8?viewer=bob");
    long alice = ViewerIdentity.mix(script.viewerSalt, "alice");
    script.reports.put(
        "b",
        CompletableFuture.completedFuture(
            new JsonObject()
                .put(
                    "viewers",
                    new JsonObject()
                        .put("live/main", ViewerSample.of(LongStream.of(alice, 5)).encode()))
                .encode()));
    JsonObject stream = json(edge.get(API));
    assertThat(stream.getInteger("viewers")).isEqualTo(3);
    assertThat(
            stream.getJsonArray("viewersByNode").stream()
                .map(each -> (JsonObject) each)
                .map(each -> each.getString("node") + " " + each.getInteger("viewers")))
        .containsExactly("a 2", "b 2");
  }

  private static JsonObject json(HttpResponse<byte[]> response) {
    return new JsonObject(EdgeFixture.text(response));
  }
}
