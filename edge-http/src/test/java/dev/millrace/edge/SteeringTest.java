package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SteeringTest {
  private static final String MANIFEST = "/steering/live/main.json";

  private final ClusterScript script = new ClusterScript();
  private final EdgeFixture edge = new EdgeFixture(EdgeFixture.config(), script.cluster());

  @BeforeEach
  void know() {
    script.copy(MemorySource.PATH, "o", StreamCopy.Kind.ORIGIN, StreamCopy.State.LIVE);
  }

  @AfterEach
  void close() {
    edge.close();
  }

  @Test
  void tellsPlayersWhereToAsk() {
    edge.stream(9);
    assertThat(EdgeFixture.text(edge.get("/hls/live/main/index.m3u8")))
        .contains(
            "#EXT-X-CONTENT-STEERING:SERVER-URI=\"/steering/live/main.json\",PATHWAY-ID=\"a\"",
            "STABLE-VARIANT-ID=\"video\",PATHWAY-ID=\"a\"");
  }

  @Test
  void clonesThePathwayByHostWhereOnlyThatDiffers() {
    script.edge("b", "http://b.example:8080", 0.1);
    edge.stream(9);
    HttpResponse<byte[]> response = edge.get(MANIFEST + "?_HLS_pathway=a&_HLS_throughput=5000000");
    assertThat(response.headers().firstValue("access-control-allow-origin")).hasValue("*");
    assertThat(response.headers().firstValue("cache-control")).hasValue("no-store");
    assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
    JsonObject manifest = json(response);
    assertThat(manifest.getInteger("VERSION")).isEqualTo(1);
    assertThat(manifest.getInteger("TTL")).isEqualTo(5);
    assertThat(manifest.getString("RELOAD-URI")).isEqualTo(MANIFEST);
    assertThat(manifest.getJsonArray("PATHWAY-PRIORITY")).containsExactly("a", "b");
    assertThat(manifest.getJsonArray("PATHWAY-CLONES"))
        .isEqualTo(
            new JsonArray(
                """
                [{"BASE-ID":"a","ID":"b","URI-REPLACEMENT":{"HOST":"b.example"}}]
                """));
  }

  @Test
  void givesAllUrisOfAnEdgeOnAnotherPort() {
    script.edge("b", "http://a.example:8081", 0.1);
    edge.stream(9);
    JsonObject clone =
        json(edge.get(MANIFEST + "?_HLS_pathway=a"))
            .getJsonArray("PATHWAY-CLONES")
            .getJsonObject(0);
    JsonObject uris = clone.getJsonObject("URI-REPLACEMENT");
    assertThat(uris.containsKey("HOST")).isFalse();
    assertThat(uris.getJsonObject("PER-VARIANT-URIS").getString("video"))
        .isEqualTo("http://a.example:8081/hls/live/main/video/index.m3u8");
    assertThat(uris.getJsonObject("PER-VARIANT-URIS").getString("video.iframes"))
        .isEqualTo("http://a.example:8081/hls/live/main/video/iframes.m3u8");
    assertThat(uris.getJsonObject("PER-RENDITION-URIS").getString("audio"))
        .isEqualTo("http://a.example:8081/hls/live/main/audio/index.m3u8");
  }

  @Test
  void clonesWhatThePlayerHasAlsoWhenItIsElsewhere() {
    script.edge("b", "http://b.example:8080", 0.1);
    script.edge("c", "http://c.example:8080", 0.1);
    edge.stream(9);
    JsonArray clones = json(edge.get(MANIFEST + "?_HLS_pathway=b")).getJsonArray("PATHWAY-CLONES");
    assertThat(clones.stream().map(each -> ((JsonObject) each).getString("BASE-ID")))
        .containsExactly("b", "b");
    assertThat(clones.stream().map(each -> ((JsonObject) each).getString("ID")))
        .containsExactlyInAnyOrder("a", "c");
  }

  @Test
  void sendsPlayersAwayFromADrainingEdgeAndHasThemAskWhereTheyGo() {
    script.edge("b", "http://b.example:8080", 0.9);
    edge.stream(9);
    edge.server.drain();
    JsonObject manifest = json(edge.get(MANIFEST + "?_HLS_pathway=a"));
    assertThat(manifest.getJsonArray("PATHWAY-PRIORITY")).containsExactly("b", "a");
    assertThat(manifest.getString("RELOAD-URI")).isEqualTo("http://b.example:8080" + MANIFEST);
    HttpResponse<byte[]> health = edge.get("/healthz");
    assertThat(health.statusCode()).isEqualTo(503);
    assertThat(json(health).getString("status")).isEqualTo("draining");
    assertThat(edge.get("/hls/live/main/video/index.m3u8?viewer=x").statusCode()).isEqualTo(200);
    await().until(() -> json(edge.get("/healthz")).getInteger("viewers") == 1);
  }

  @Test
  void prefersEdgesWhoseLineHasRoom() {
    script.edgeWithLine("a", "http://a.example:8080", 0.1);
    script.edgeWithLine("b", "http://b.example:8080", 0.9);
    script.edgeWithLine("c", "http://c.example:8080", 0.4);
    edge.stream(9);
    assertThat(json(edge.get(MANIFEST)).getJsonArray("PATHWAY-PRIORITY"))
        .containsExactly("a", "c", "b");
  }

  @Test
  void leavesOutEdgesThatBrowsersWouldRefuse() {
    script.edge("a", "https://a.example:443", 0.1);
    script.edge("b", "http://b.example:443", 0.1);
    edge.stream(9);
    assertThat(json(edge.get(MANIFEST + "?_HLS_pathway=a")).getJsonArray("PATHWAY-PRIORITY"))
        .containsExactly("a");
  }

  @Test
  void forgetsAnEdgeThatIsGone() {
    script.edge("b", "http://b.example:8080", 0.1);
    edge.stream(9);
    script.nodes.remove("b");
    assertThat(json(edge.get(MANIFEST + "?_HLS_pathway=b")).getJsonArray("PATHWAY-PRIORITY"))
        .containsExactly("a");
  }

  @Test
  void hasNothingToSayOfUnknownStreamsAndOddRequests() {
    assertThat(edge.get("/steering/live/nobody.json").statusCode()).isEqualTo(404);
    assertThat(edge.get("/steering/live/main").statusCode()).isEqualTo(404);
    edge.stream(9);
    assertThat(edge.get(MANIFEST + "?_HLS_pathway=" + "x".repeat(100)).statusCode()).isEqualTo(400);
  }

  private static JsonObject json(HttpResponse<byte[]> response) {
    return new JsonObject(EdgeFixture.text(response));
  }
}
