package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MediaFilesTest {
  private static final FileName FIRST_PART =
      new FileName.Part(new LogPosition(MemorySource.EPOCH, MemorySource.FIRST_MSN, 0));
  private static final FileName FIRST_SEGMENT =
      new FileName.Segment(MemorySource.EPOCH, MemorySource.FIRST_MSN);

  private final EdgeFixture edge = new EdgeFixture();

  @AfterEach
  void close() {
    edge.close();
  }

  @Test
  void sendsPartSegmentAndInit() {
    MemorySource.Stream stream = edge.stream(9);
    FileName init = FileName.Init.of(Bytes.utf8("init of audio"));
    HttpResponse<byte[]> part = edge.get("/hls/live/main/video/" + FIRST_PART);
    assertThat(part.body()).isEqualTo(stream.file("video", FIRST_PART));
    assertThat(part.headers().firstValue("content-type")).hasValue("video/mp4");
    assertThat(part.headers().firstValue("cache-control"))
        .hasValue("public, max-age=31536000, immutable");
    assertThat(part.headers().firstValue("content-length")).hasValue("1000");
    assertThat(part.headers().firstValue("content-encoding")).isEmpty();
    HttpResponse<byte[]> segment = edge.get("/hls/live/main/video/" + FIRST_SEGMENT);
    assertThat(segment.body()).isEqualTo(stream.file("video", FIRST_SEGMENT));
    HttpResponse<byte[]> initialization = edge.get("/hls/live/main/audio/" + init);
    assertThat(initialization.body()).isEqualTo(stream.file("audio", init));
    assertThat(initialization.headers().firstValue("content-type")).hasValue("audio/mp4");
  }

  @Test
  void asksTheSourceOnceForAThousandWhoWaitForTheNextPart() {
    MemorySource.Stream stream = edge.stream(9);
    LogPosition next = stream.next();
    List<CompletableFuture<HttpResponse<byte[]>>> waiting =
        Stream.generate(() -> edge.getAsync(EdgeFixture.part(next))).limit(1000).toList();
    await().atMost(Duration.ofSeconds(30)).until(() -> edge.server.heldRequests() == 1000);
    stream.parts(1);
    byte[] expected = stream.file("video", new FileName.Part(next));
    assertThat(waiting).allSatisfy(each -> assertThat(each.join().body()).isEqualTo(expected));
    assertThat(edge.get(EdgeFixture.part(next)).body()).isEqualTo(expected);
    assertThat(edge.source.bytesCalls).hasValue(1);
    assertThat(edge.server.heldRequests()).isZero();
  }

  @Test
  void putsASegmentTogetherFromPartsThatAreHere() {
    byte[] whole = edge.stream(9).file("video", FIRST_SEGMENT);
    for (int part = 0; part < MemorySource.PARTS_PER_SEGMENT; part++) {
      LogPosition at = new LogPosition(MemorySource.EPOCH, MemorySource.FIRST_MSN, part);
      assertThat(edge.get(EdgeFixture.part(at)).statusCode()).isEqualTo(200);
    }
    String path = "/hls/live/main/video/" + FIRST_SEGMENT;
    assertThat(edge.get(path).body()).isEqualTo(whole);
    assertThat(edge.get(path, "Range", "bytes=990-2009").body())
        .isEqualTo(Arrays.copyOfRange(whole, 990, 2010));
    assertThat(edge.source.bytesCalls).hasValue(MemorySource.PARTS_PER_SEGMENT);
  }

  @Test
  void forgetsMediaThatNobodyAsksFor() {
    edge.stream(9);
    edge.get("/hls/live/main/video/" + FIRST_SEGMENT);
    assertThat(edge.server.cachedBytes()).isBetween(4000L, 8000L);
    edge.pushedNanos.addAndGet(Duration.ofSeconds(61).toNanos());
    await().until(() -> edge.server.cachedBytes() == 0);
    assertThat(edge.get("/hls/live/main/video/" + FIRST_SEGMENT).statusCode()).isEqualTo(200);
    assertThat(edge.source.bytesCalls).hasValue(2);
  }

  @Test
  void answersHeadWithTheLengthAlone() {
    edge.stream(9);
    HttpResponse<byte[]> head = edge.send("HEAD", "/hls/live/main/video/" + FIRST_SEGMENT);
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValue("content-length")).hasValue("4000");
    assertThat(head.body()).isEmpty();
    HttpResponse<byte[]> playlist = edge.send("HEAD", "/hls/live/main/video/index.m3u8");
    assertThat(playlist.headers().firstValueAsLong("content-length").orElse(0)).isPositive();
    assertThat(playlist.body()).isEmpty();
  }

  @Test
  void sendsByteRanges() {
    byte[] whole = edge.stream(9).file("video", FIRST_SEGMENT);
    String path = "/hls/live/main/video/" + FIRST_SEGMENT;
    HttpResponse<byte[]> middle = edge.get(path, "Range", "bytes=100-199");
    assertThat(middle.statusCode()).isEqualTo(206);
    assertThat(middle.body()).isEqualTo(Arrays.copyOfRange(whole, 100, 200));
    assertThat(middle.headers().firstValue("content-range")).hasValue("bytes 100-199/4000");
    assertThat(edge.get(path, "Range", "bytes=3990-").body())
        .isEqualTo(Arrays.copyOfRange(whole, 3990, 4000));
    assertThat(edge.get(path, "Range", "bytes=-5").body())
        .isEqualTo(Arrays.copyOfRange(whole, 3995, 4000));
    HttpResponse<byte[]> beyond = edge.get(path, "Range", "bytes=4000-");
    assertThat(beyond.statusCode()).isEqualTo(416);
    assertThat(beyond.headers().firstValue("content-range")).hasValue("bytes */4000");
    assertThat(edge.get(path, "Range", "bytes=9-1").statusCode()).isEqualTo(200);
    assertThat(edge.get(path, "Range", "bytes=0-1,4-5").statusCode()).isEqualTo(200);
  }

  @Test
  void answers304ToTheSameEtag() {
    edge.stream(9);
    String path = "/hls/live/main/video/" + FIRST_PART;
    String etag = edge.get(path).headers().firstValue("etag").orElseThrow();
    assertThat(edge.get(path, "If-None-Match", etag).statusCode()).isEqualTo(304);
    assertThat(edge.get(path, "If-Range", "\"other\"", "Range", "bytes=0-1").statusCode())
        .isEqualTo(200);
  }

  @Test
  void answersNamesThatDoNotExistWith404() {
    edge.stream(9);
    for (String name :
        List.of(
            "1000-900.m4s",
            "1000-500.77.m4s",
            "init-0123456789abcdef.mp4",
            "no-such-segment.m4s",
            "1000-500.m4s.bak")) {
      HttpResponse<byte[]> response = edge.get("/hls/live/main/video/" + name);
      assertThat(response.statusCode()).isEqualTo(404);
      assertThat(response.headers().firstValue("cache-control")).hasValue("public, max-age=1");
    }
    assertThat(edge.get("/hls/live/nobody/video/1000-500.m4s").statusCode()).isEqualTo(404);
  }

  @Test
  void answersAPromisedPartThatNeverComesWith404() {
    MemorySource.Stream stream = edge.stream(9);
    CompletableFuture<HttpResponse<byte[]>> waiting =
        edge.getAsync(EdgeFixture.part(stream.next()));
    await().until(() -> edge.server.heldRequests() == 1);
    stream.end();
    assertThat(waiting.join().statusCode()).isEqualTo(404);
  }

  @Test
  void bounds503WhenThePromisedPartDoesNotCome() {
    MemorySource.Stream stream = edge.stream(9);
    LogPosition next = stream.next();
    CompletableFuture<HttpResponse<byte[]>> waiting = edge.getAsync(EdgeFixture.part(next));
    await().until(() -> edge.server.heldRequests() == 1);
    edge.pushedNanos.addAndGet(Duration.ofSeconds(11).toNanos());
    assertThat(waiting.join().statusCode()).isEqualTo(503);
    stream.parts(1);
    assertThat(edge.get(EdgeFixture.part(next)).statusCode()).isEqualTo(200);
    assertThat(edge.source.bytesCalls).hasValue(1);
  }
}
