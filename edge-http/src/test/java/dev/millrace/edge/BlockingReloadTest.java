package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.media.log.LogPosition;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockingReloadTest {
  private final EdgeFixture edge = new EdgeFixture();

  @AfterEach
  void close() {
    edge.close();
  }

  @Test
  void answersPlainRequestAtOnce() {
    edge.stream(9);
    HttpResponse<byte[]> response = edge.get("/hls/live/main/video/index.m3u8");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(EdgeFixture.text(response)).contains("1000-502.0.m4s", "EXT-X-PRELOAD-HINT");
  }

  @Test
  void holdsReloadUntilThePartIsListed() {
    MemorySource.Stream stream = edge.stream(9);
    LogPosition next = stream.next();
    CompletableFuture<HttpResponse<byte[]>> held = edge.getAsync(EdgeFixture.playlist(next));
    await().until(() -> edge.server.heldRequests() == 1);
    assertThat(held).isNotDone();
    stream.parts(1);
    assertThat(EdgeFixture.text(held.join())).contains("#EXT-X-PART:").contains(next + ".m4s");
    await().until(() -> edge.server.heldRequests() == 0); // counted when the answer is out
  }

  @Test
  void releasesManyTogether() {
    MemorySource.Stream stream = edge.stream(9);
    LogPosition next = stream.next();
    List<CompletableFuture<HttpResponse<byte[]>>> held =
        Stream.generate(() -> edge.getAsync(EdgeFixture.playlist(next))).limit(200).toList();
    await().until(() -> edge.server.heldRequests() == 200);
    stream.parts(1);
    // Two at most: one loop may look before, one after the audio part was appended, too.
    assertThat(held.stream().map(each -> EdgeFixture.text(each.join())).distinct().toList())
        .hasSizeBetween(1, 2)
        .allSatisfy(text -> assertThat(text).contains(next + ".m4s"));
    assertThat(edge.source.followers).hasValue(1);
  }

  @Test
  void answersTooFarAheadWith400ThatIsNotCached() {
    LogPosition next = edge.stream(9).next();
    HttpResponse<byte[]> far =
        edge.get(EdgeFixture.playlist(new LogPosition(next.epoch(), next.msn() + 6, 0)));
    assertThat(far.statusCode()).isEqualTo(400);
    assertThat(far.headers().firstValue("cache-control")).hasValue("no-store");
    HttpResponse<byte[]> part =
        edge.get(EdgeFixture.playlist(new LogPosition(next.epoch(), next.msn(), 60)));
    assertThat(part.statusCode()).isEqualTo(400);
  }

  @Test
  void answersMalformedDirectivesWith400() {
    edge.stream(9);
    for (String query :
        List.of(
            "_HLS_part=0",
            "_HLS_msn=abc",
            "_HLS_msn=-1",
            "_HLS_msn=",
            "_HLS_msn=1&_HLS_part=x",
            "_HLS_msn=99999999999999999999999",
            "_HLS_msn=%zz",
            "_HLS_skip=MAYBE")) {
      assertThat(raw("/hls/live/main/video/index.m3u8?" + query)).startsWith("HTTP/1.1 400");
    }
  }

  @Test
  void answers503AfterThreeTargetDurations() {
    LogPosition next = edge.stream(9).next();
    CompletableFuture<HttpResponse<byte[]>> held = edge.getAsync(EdgeFixture.playlist(next));
    await().until(() -> edge.server.heldRequests() == 1);
    edge.pushedNanos.addAndGet(Duration.ofSeconds(4).toNanos());
    assertThat(held).isNotDone();
    edge.pushedNanos.addAndGet(Duration.ofMillis(2_100).toNanos());
    HttpResponse<byte[]> late = held.join();
    assertThat(late.statusCode()).isEqualTo(503);
    assertThat(late.headers().firstValue("retry-after")).isPresent();
    assertThat(late.headers().firstValue("cache-control")).hasValue("no-store");
    assertThat(late.headers().firstValue("access-control-allow-origin")).hasValue("*");
  }

  @Test
  void endOfStreamWakesEverybody() {
    MemorySource.Stream stream = edge.stream(9);
    CompletableFuture<HttpResponse<byte[]>> held =
        edge.getAsync(EdgeFixture.playlist(stream.next()));
    await().until(() -> edge.server.heldRequests() == 1);
    stream.end();
    assertThat(EdgeFixture.text(held.join())).contains("#EXT-X-ENDLIST");
    String ignored = "/hls/live/main/video/index.m3u8?_HLS_msn=x&_HLS_part=99";
    assertThat(EdgeFixture.text(edge.get(ignored))).contains("#EXT-X-ENDLIST");
  }

  @Test
  void holdsTheFirstPlaylistUntilThreePartsExist() {
    MemorySource.Stream stream = edge.stream(2);
    CompletableFuture<HttpResponse<byte[]>> master = edge.getAsync("/hls/live/main/index.m3u8");
    CompletableFuture<HttpResponse<byte[]>> media =
        edge.getAsync("/hls/live/main/audio/index.m3u8");
    await().until(() -> edge.server.heldRequests() == 2);
    stream.parts(1);
    assertThat(EdgeFixture.text(master.join())).contains("#EXT-X-STREAM-INF:");
    assertThat(EdgeFixture.text(media.join())).contains("#EXT-X-PART:");
  }

  @Test
  void gives503WhenAStreamDoesNotBecomeReady() {
    edge.stream(1);
    CompletableFuture<HttpResponse<byte[]>> held = edge.getAsync("/hls/live/main/index.m3u8");
    await().until(() -> edge.server.heldRequests() == 1);
    edge.pushedNanos.addAndGet(Duration.ofSeconds(11).toNanos());
    assertThat(held.join().statusCode()).isEqualTo(503);
  }

  @Test
  void answersUnknownStreamWith404() {
    assertThat(edge.get("/hls/live/nobody/index.m3u8").statusCode()).isEqualTo(404);
    edge.stream(9);
    assertThat(edge.get("/hls/live/main/720p/index.m3u8").statusCode()).isEqualTo(404);
  }

  private String raw(String path) {
    return RawHttp.exchange(
        edge.port(), "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }
}
