package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An edge whose source is elsewhere: streams that are known before, after or without their log. */
class KnownStreamsTest {
  private static final String MASTER = "/hls/live/main/index.m3u8";
  private static final String MEDIA = "/hls/live/main/video/index.m3u8";

  private final ClusterScript script = new ClusterScript();
  private final EdgeFixture edge = new EdgeFixture(EdgeFixture.config(), script.cluster());

  @AfterEach
  void close() {
    edge.close();
  }

  @Test
  void holdsRequestsForAStreamOfWhichNobodyHasTheLogYet() {
    known(StreamCopy.State.FILLING);
    CompletableFuture<HttpResponse<byte[]>> master = edge.getAsync(MASTER);
    CompletableFuture<HttpResponse<byte[]>> media = edge.getAsync(MEDIA);
    await().until(() -> edge.server.heldRequests() == 2);
    edge.source.announce(MemorySource.PATH);
    await().until(() -> edge.source.followers.get() == 1);
    assertThat(master).isNotDone();
    edge.stream(3);
    assertThat(EdgeFixture.text(master.join())).contains("#EXT-X-STREAM-INF:");
    assertThat(EdgeFixture.text(media.join())).contains("#EXT-X-PART:");
  }

  @Test
  void answers503WhenTheLogOfAKnownStreamDoesNotCome() {
    known(StreamCopy.State.LIVE);
    CompletableFuture<HttpResponse<byte[]>> held = edge.getAsync(MASTER);
    await().until(() -> edge.server.heldRequests() == 1);
    edge.pushedNanos.addAndGet(Duration.ofSeconds(11).toNanos());
    assertThat(held.join().statusCode()).isEqualTo(503);
    assertThat(held.join().headers().firstValue("retry-after")).isPresent();
    assertThat(edge.get("/hls/live/main/video/1000-500.m4s").statusCode()).isEqualTo(503);
  }

  @Test
  void answers503OfAStalePlaylistUnlessThePublisherIsAway() {
    known(StreamCopy.State.LIVE);
    MemorySource.Stream stream = edge.stream(9);
    assertThat(edge.get(MEDIA).statusCode()).isEqualTo(200);
    edge.pushedNanos.addAndGet(Duration.ofMillis(6_100).toNanos());
    HttpResponse<byte[]> stale = edge.get(MEDIA);
    assertThat(stale.statusCode()).isEqualTo(503);
    assertThat(stale.headers().firstValue("access-control-allow-origin")).hasValue("*");
    assertThat(edge.get(MASTER).statusCode()).isEqualTo(503);
    known(StreamCopy.State.AWAY);
    assertThat(edge.get(MEDIA).statusCode()).isEqualTo(200);
    known(StreamCopy.State.LIVE);
    stream.parts(1);
    assertThat(edge.get(MEDIA).statusCode()).isEqualTo(200);
  }

  @Test
  void keepsAStreamWhoseHoldersVanishedForAWhile() {
    known(StreamCopy.State.LIVE);
    MemorySource.Stream stream = edge.stream(9);
    assertThat(edge.get(MEDIA).statusCode()).isEqualTo(200);
    edge.source.remove(MemorySource.PATH);
    script.copies.clear();
    edge.pushedNanos.addAndGet(Duration.ofMillis(6_100).toNanos());
    await().during(Duration.ofMillis(1500)).until(() -> edge.get(MEDIA).statusCode() == 503);
    known(StreamCopy.State.LIVE);
    edge.source.putBack(MemorySource.PATH, stream);
    stream.parts(1);
    await().until(() -> edge.get(MEDIA).statusCode() == 200);
    edge.source.remove(MemorySource.PATH);
    script.copies.clear();
    await().during(Duration.ofMillis(1500)).until(() -> edge.get(MEDIA).statusCode() == 200);
    edge.pushedNanos.addAndGet(Duration.ofSeconds(40).toNanos());
    await().until(() -> edge.get(MEDIA).statusCode() == 404);
  }

  @Test
  void showsNoOlderPlaylistWhileTheSourceTellsItsWindowAnew() {
    known(StreamCopy.State.LIVE);
    MemorySource.Stream stream = edge.stream(20);
    String before = EdgeFixture.text(edge.get(MEDIA));
    CompletableFuture<HttpResponse<byte[]>> held =
        edge.getAsync(EdgeFixture.playlist(stream.next()));
    await().until(() -> edge.server.heldRequests() == 1);
    int records = stream.replay(12);
    assertThat(EdgeFixture.text(edge.get(MEDIA))).isEqualTo(before);
    assertThat(held).isNotDone();
    stream.replayRest(records);
    assertThat(EdgeFixture.text(edge.get(MEDIA))).isEqualTo(before);
    stream.parts(1);
    assertThat(held.join().statusCode()).isEqualTo(200);
  }

  @Test
  void showsANewerPresentationAtOnce() {
    known(StreamCopy.State.LIVE);
    MemorySource.Stream stream = edge.stream(9);
    assertThat(edge.get(MEDIA).statusCode()).isEqualTo(200);
    stream.reopen(MemorySource.EPOCH + 5, MemorySource.FIRST_MSN + 100);
    CompletableFuture<HttpResponse<byte[]>> held = edge.getAsync(MEDIA);
    await().until(() -> edge.server.heldRequests() == 1);
    stream.parts(3);
    assertThat(EdgeFixture.text(held.join())).contains("#EXT-X-MEDIA-SEQUENCE:600");
  }

  @Test
  void answers503OfAListedPartThatNobodyHasNow() {
    known(StreamCopy.State.LIVE);
    edge.stream(9);
    edge.get(MEDIA);
    LogPosition listed = new LogPosition(MemorySource.EPOCH, MemorySource.FIRST_MSN + 1, 2);
    edge.source.lose("video", new FileName.Part(listed).toString());
    assertThat(edge.get(EdgeFixture.part(listed)).statusCode()).isEqualTo(503);
    LogPosition never = new LogPosition(MemorySource.EPOCH, MemorySource.FIRST_MSN - 1, 2);
    assertThat(edge.get(EdgeFixture.part(never)).statusCode()).isEqualTo(404);
  }

  @Test
  void showsNothingBeforeTheWholeWindowIsThere() {
    known(StreamCopy.State.LIVE);
    edge.source.windowsAreSlow.set(true);
    edge.stream(20);
    CompletableFuture<HttpResponse<byte[]>> held = edge.getAsync(MEDIA);
    await().until(() -> edge.server.heldRequests() == 1);
    edge.source.completeWindows();
    assertThat(EdgeFixture.text(held.join())).contains("1000-504");
  }

  private void known(StreamCopy.State state) {
    script.copy(MemorySource.PATH, "o", StreamCopy.Kind.ORIGIN, state);
  }
}
