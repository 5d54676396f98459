package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.live.PublisherFacts;
import dev.millrace.media.live.StreamFacts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamsApiTest {
  private static final String API = "/api/v1/streams/live/main";
  private static final String MEDIA = "/hls/live/main/video/index.m3u8";

  private final EdgeFixture edge = new EdgeFixture();

  @AfterEach
  void close() {
    edge.close();
  }

  @Test
  void describesALiveStream() {
    edge.stream(9);
    edge.facts.add(facts(MemorySource.PATH, StreamFacts.State.LIVE));
    JsonObject stream = json(edge.get(API));
    assertThat(stream.getString("path")).isEqualTo("live/main");
    assertThat(stream.getString("state")).isEqualTo("live");
    assertThat(stream.getJsonObject("publisher").getString("agent")).isEqualTo("obs 31");
    assertThat(stream.encode()).doesNotContain("203.0.113.9");
    assertThat(stream.getJsonArray("tracks").getJsonObject(0).getInteger("width")).isEqualTo(1280);
    assertThat(stream.getLong("videoBitrateBps")).isEqualTo(2_500_000);
    assertThat(stream.getJsonObject("sequence").getLong("msn")).isEqualTo(502);
    assertThat(stream.getJsonObject("sequence").getInteger("part")).isZero();
    assertThat(stream.getJsonArray("warnings").getJsonObject(0).getString("code"))
        .isEqualTo("key-frames");
    assertThat(stream.getString("playlistUrl")).isEqualTo("/hls/live/main/index.m3u8");
    assertThat(stream.getString("watchUrl")).isEqualTo("/watch/live/main");
    JsonArray list = json(edge.get("/api/v1/streams")).getJsonArray("streams");
    assertThat(list.getJsonObject(0)).isEqualTo(stream);
  }

  @Test
  void tellsWhereToPublish() {
    assertThat(json(edge.get("/api/v1/streams")).getJsonObject("ingest").getInteger("rtmpPort"))
        .isEqualTo(EdgeFixture.RTMP_PORT);
  }

  @Test
  void listsStreamsThatOnlyOneSideKnows() {
    edge.stream(9);
    edge.facts.add(facts(new StreamPath("live", "announced"), StreamFacts.State.WAITING));
    JsonArray list = json(edge.get("/api/v1/streams")).getJsonArray("streams");
    assertThat(
            list.stream()
                .map(
                    each ->
                        ((JsonObject) each).getString("path")
                            + " "
                            + ((JsonObject) each).getString("state")))
        .containsExactly("live/announced waiting", "live/main live");
  }

  @Test
  void answers404AsJson() {
    HttpResponse<byte[]> response = edge.get("/api/v1/streams/live/nobody");
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(json(response).getString("error")).isNotEmpty();
  }

  @Test
  void countsDistinctViewersOfTheLastThreeTargetDurations() {
    edge.stream(9);
    edge.get(MEDIA + "?viewer=alice");
    edge.get(MEDIA + "?viewer=alice");
    edge.get("/hls/live/main/audio/index.m3u8?viewer=alice");
    edge.get(MEDIA + "?viewer=bob");
    edge.get(MEDIA, "User-Agent", "mpv");
    edge.get("/hls/live/main/index.m3u8?viewer=nobody");
    await().until(() -> json(edge.get(API)).getInteger("viewers") == 3);
    edge.pushedNanos.addAndGet(Duration.ofSeconds(7).toNanos());
    edge.get(MEDIA + "?viewer=bob");
    edge.pushedNanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(json(edge.get(API)).getInteger("viewers")).isEqualTo(1);
  }

  @Test
  void holdsRequestsForAnAnnouncedStreamUntilItsLogBegins() {
    edge.facts.add(facts(MemorySource.PATH, StreamFacts.State.LIVE));
    CompletableFuture<HttpResponse<byte[]>> held = edge.getAsync("/hls/live/main/index.m3u8");
    await().until(() -> edge.server.heldRequests() == 1);
    edge.stream(3);
    assertThat(EdgeFixture.text(held.join())).contains("#EXT-X-STREAM-INF:");
  }

  @Test
  void answersANewStreamAfterTheEndedOneWasRemoved() {
    MemorySource.Stream stream = edge.stream(9);
    stream.end();
    assertThat(EdgeFixture.text(edge.get(MEDIA))).contains("#EXT-X-ENDLIST");
    edge.source.remove(MemorySource.PATH);
    await().until(() -> edge.get(MEDIA).statusCode() == 404);
    edge.stream(9);
    assertThat(EdgeFixture.text(edge.get(MEDIA))).doesNotContain("#EXT-X-ENDLIST");
  }

  @Test
  void stopsFollowingAStreamThatNobodyAsksFor() {
    MemorySource.Stream stream = edge.stream(9);
    edge.get(MEDIA);
    assertThat(edge.source.followers).hasValue(1);
    edge.pushedNanos.addAndGet(Duration.ofSeconds(61).toNanos());
    await().until(() -> edge.source.followers.get() == 0);
    stream.parts(1);
    assertThat(EdgeFixture.text(edge.get(MEDIA))).contains("1000-502.1.m4s");
    assertThat(edge.source.followers).hasValue(1);
  }

  private static StreamFacts facts(StreamPath path, StreamFacts.State state) {
    return new StreamFacts(
        path,
        state,
        Optional.of(new PublisherFacts("203.0.113.9:50000", "obs 31", "rtmp")),
        List.of(
            new Track.Video(
                0,
                Track.VideoCodec.AVC,
                "avc1.64001f",
                Bytes.EMPTY,
                1280,
                720,
                1,
                1,
                OptionalDouble.of(30),
                false),
            new Track.Audio(0, Track.AudioCodec.AAC, "mp4a.40.2", Bytes.EMPTY, 48000, 2, 1024)),
        Instant.EPOCH,
        Duration.ofSeconds(90),
        1_000_000,
        2_500_000,
        128_000,
        30,
        Map.of("key-frames", "further apart than the target duration"),
        0,
        1,
        "key-1");
  }

  private static JsonObject json(HttpResponse<byte[]> response) {
    return new JsonObject(EdgeFixture.text(response));
  }
}
