package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The playlists of whole segments. */
class ClassicTest {
  private static final String MULTIVARIANT = "/hls/live/main/classic.m3u8";
  private static final String VIDEO = "/hls/live/main/video/classic.m3u8";

  private final EdgeFixture edge = new EdgeFixture();

  @AfterEach
  void close() {
    edge.close();
  }

  @Test
  void namesEachOtherAndTheSegmentsOfTheOtherPlaylists() {
    edge.stream(40);
    String multivariant = EdgeFixture.text(edge.get(MULTIVARIANT));
    assertThat(multivariant)
        .contains("\nvideo/classic.m3u8\n")
        .doesNotContain("index.m3u8", "iframes.m3u8");
    String classic = EdgeFixture.text(edge.get(VIDEO));
    assertThat(classic)
        .contains("#EXT-X-SERVER-CONTROL:HOLD-BACK=")
        .doesNotContain("PART", "CAN-BLOCK-RELOAD", "PRELOAD", "RENDITION-REPORT");
    List<String> segments = classic.lines().filter(line -> line.endsWith(".m4s")).toList();
    String lowLatency = EdgeFixture.text(edge.get("/hls/live/main/video/index.m3u8"));
    assertThat(lowLatency.lines().filter(line -> line.matches("[0-9]+-[0-9]+\\.m4s")))
        .containsExactlyElementsOf(segments);
    assertThat(edge.get("/hls/live/main/video/" + segments.getLast()).statusCode()).isEqualTo(200);
  }

  @Test
  void aPlayerThatIsTooEarlyIsHeldUntilThereIsEnough() {
    MemorySource.Stream stream = edge.source.open(MemorySource.PATH, EdgeFixture.TARGETS);
    stream.parts(5);
    CompletableFuture<HttpResponse<byte[]>> held = edge.getAsync(VIDEO);
    await().until(() -> edge.server.heldRequests() == 1);
    stream.parts(40);
    assertThat(EdgeFixture.text(held.join())).contains(".m4s");
  }

  @Test
  void directivesMeanNothing() {
    edge.stream(40);
    assertThat(edge.get(VIDEO + "?_HLS_msn=999999999999").statusCode()).isEqualTo(200);
    assertThat(edge.get("/hls/live/main/nothing/classic.m3u8").statusCode()).isEqualTo(404);
  }
}
