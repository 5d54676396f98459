package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.media.live.LadderFacts;
import dev.millrace.media.log.LogPosition;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Renditions that come late, have gaps, go and return, as viewers see them. */
class LadderTest {
  private static final String MULTIVARIANT = "/hls/live/main/index.m3u8";
  private static final String API = "/api/v1/streams/live/main";

  private final EdgeFixture edge = new EdgeFixture();

  @AfterEach
  void close() {
    edge.close();
  }

  @Test
  void holdsViewersUntilAPromisedRungHasMedia() {
    MemorySource.Stream stream = edge.source.open(MemorySource.PATH, EdgeFixture.TARGETS);
    stream.expect("480p");
    stream.parts(5);
    CompletableFuture<HttpResponse<byte[]>> held = edge.getAsync(MULTIVARIANT);
    await().until(() -> edge.server.heldRequests() == 1);
    stream.rung("480p", 480);
    stream.gapOf("480p");
    stream.partOf("480p", 100);
    assertThat(EdgeFixture.text(held.join())).contains("video/index.m3u8", "480p/index.m3u8");
  }

  @Test
  void startsWithoutAPromisedRungAfterThreeSegments() {
    MemorySource.Stream stream = edge.source.open(MemorySource.PATH, EdgeFixture.TARGETS);
    stream.expect("480p");
    stream.parts(11);
    CompletableFuture<HttpResponse<byte[]>> held = edge.getAsync(MULTIVARIANT);
    await().until(() -> edge.server.heldRequests() == 1);
    stream.parts(1);
    assertThat(EdgeFixture.text(held.join())).contains("video/index.m3u8").doesNotContain("480p");
  }

  @Test
  void startsAStreamWhoseSourceIsReplacedWithItsRungs() {
    MemorySource.Stream stream = edge.source.open(MemorySource.PATH, EdgeFixture.TARGETS);
    stream.expect("source");
    for (int i = 0; i < 4; i++) {
      stream.gapOf("video");
      stream.partOf("audio", 100);
    }
    CompletableFuture<HttpResponse<byte[]>> held = edge.getAsync(MULTIVARIANT);
    CompletableFuture<HttpResponse<byte[]>> media =
        edge.getAsync("/hls/live/main/audio/index.m3u8");
    await().until(() -> edge.server.heldRequests() == 2);
    stream.rung("source", 720);
    stream.partOf("source", 100);
    assertThat(EdgeFixture.text(held.join()))
        .contains("source/index.m3u8")
        .doesNotContain("video/index.m3u8");
    assertThat(EdgeFixture.text(media.join()))
        .contains("RENDITION-REPORT:URI=\"../source/index.m3u8\"")
        .doesNotContain("../video/index.m3u8");
  }

  @Test
  void answersReloadsOfARungThroughItsGapsAndBack() {
    MemorySource.Stream stream = edge.stream(8);
    stream.rung("480p", 480);
    for (int i = 0; i < 4; i++) {
      stream.part(1000);
      stream.partOf("480p", 500);
    }
    LogPosition next = stream.next();
    CompletableFuture<HttpResponse<byte[]>> reload = edge.getAsync(reloadOf(next));
    CompletableFuture<HttpResponse<byte[]>> hinted =
        edge.getAsync("/hls/live/main/480p/" + next + ".m4s");
    await().until(() -> edge.server.heldRequests() == 2);
    stream.gapOf("480p");
    assertThat(EdgeFixture.text(reload.join())).contains(next + ".m4s\",GAP=YES");
    assertThat(hinted.join().body()).as("a gap that was hinted is no error").isEmpty();

    stream.part(1000);
    for (int i = 0; i < 11; i++) {
      stream.gapOf("480p");
      stream.part(1000);
    }
    assertThat(EdgeFixture.text(edge.get(MULTIVARIANT))).doesNotContain("480p");
    assertThat(withdrawn("480p")).isTrue();
    CompletableFuture<HttpResponse<byte[]>> back = edge.getAsync(reloadOf(stream.next()));
    await().until(() -> edge.server.heldRequests() == 1);
    stream.partOf("480p", 500);
    stream.part(1000);
    assertThat(EdgeFixture.text(back.join())).contains("INDEPENDENT=YES");
    assertThat(EdgeFixture.text(edge.get(MULTIVARIANT))).contains("480p/index.m3u8");
    assertThat(withdrawn("480p")).isFalse();
  }

  @Test
  void servesKeyFramesAsRangesOfWholeSegments() {
    MemorySource.Stream stream = edge.stream(9);
    HttpResponse<byte[]> playlist = edge.get("/hls/live/main/video/iframes.m3u8");
    assertThat(EdgeFixture.text(playlist))
        .contains("#EXT-X-I-FRAMES-ONLY\n", "#EXT-X-BYTERANGE:250@0\n#EXTINF:2.000000,\n")
        .contains("1000-501.m4s")
        .doesNotContain("1000-502");
    HttpResponse<byte[]> range =
        edge.get("/hls/live/main/video/1000-501.m4s", "Range", "bytes=0-249");
    assertThat(range.statusCode()).isEqualTo(206);
    assertThat(range.body()).hasSize(250);

    CompletableFuture<HttpResponse<byte[]>> held =
        edge.getAsync("/hls/live/main/video/iframes.m3u8?_HLS_msn=502&_HLS_part=0");
    await().until(() -> edge.server.heldRequests() == 1);
    stream.parts(3);
    assertThat(EdgeFixture.text(held.join())).contains("1000-502.m4s");
    assertThat(edge.get("/hls/live/main/video/iframes.m3u8?_HLS_msn=600").statusCode())
        .isEqualTo(400);
    assertThat(edge.get("/hls/live/main/audio/iframes.m3u8").statusCode()).isEqualTo(404);
  }

  @Test
  void tellsTheLadderInTheApi() {
    edge.stream(9);
    assertThat(json(edge.get(API)).containsKey("ladder")).isFalse();
    edge.ladders.put(
        MemorySource.PATH,
        new LadderFacts(
            LadderFacts.State.RECOVERING,
            "the worker was killed",
            "libx264",
            "node-2",
            2,
            350,
            List.of(
                new LadderFacts.RungFacts(
                    "480p", "h264", 854, 480, 1_200_000, 0.9, 28.5, true, "too slow"))));
    JsonObject ladder = json(edge.get(API)).getJsonObject("ladder");
    assertThat(ladder.getString("state")).isEqualTo("recovering");
    assertThat(ladder.getString("node")).isEqualTo("node-2");
    assertThat(ladder.getInteger("restarts")).isEqualTo(2);
    assertThat(ladder.getLong("lagMs")).isEqualTo(350);
    JsonObject rung = ladder.getJsonArray("rungs").getJsonObject(0);
    assertThat(rung.getInteger("height")).isEqualTo(480);
    assertThat(rung.getDouble("speed")).isEqualTo(0.9);
    assertThat(rung.getBoolean("dropped")).isTrue();
    assertThat(rung.getString("reason")).isEqualTo("too slow");
  }

  @Test
  void tellsRenditionsInTheApi() {
    edge.stream(9);
    JsonObject stream = json(edge.get(API));
    JsonObject video = stream.getJsonArray("renditions").getJsonObject(0);
    assertThat(video.getInteger("width")).isEqualTo(1280);
    assertThat(video.getDouble("frameRate")).isEqualTo(30.0);
    assertThat(video.getBoolean("listed")).isTrue();
    assertThat(stream.containsKey("posterUrl")).isFalse();
  }

  private boolean withdrawn(String rendition) {
    return json(edge.get(API)).getJsonArray("renditions").stream()
        .map(JsonObject.class::cast)
        .filter(each -> each.getString("name").equals(rendition))
        .allMatch(each -> each.getBoolean("withdrawn"));
  }

  private static String reloadOf(LogPosition at) {
    return "/hls/live/main/480p/index.m3u8?_HLS_msn=" + at.msn() + "&_HLS_part=" + at.part();
  }

  private static JsonObject json(HttpResponse<byte[]> response) {
    return new JsonObject(EdgeFixture.text(response));
  }
}
