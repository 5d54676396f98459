package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.media.log.FileName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpSurfaceTest {
  private static final String MEDIA = "/hls/live/main/video/index.m3u8";

  private final EdgeFixture edge = new EdgeFixture();

  @AfterEach
  void close() {
    edge.close();
  }

  @Test
  void compressesPlaylistsOnRequestOnly() throws IOException {
    edge.stream(9);
    for (String path : List.of(MEDIA, "/hls/live/main/index.m3u8")) {
      HttpResponse<byte[]> plain = edge.get(path);
      HttpResponse<byte[]> gzip = edge.get(path, "Accept-Encoding", "gzip, deflate");
      assertThat(plain.headers().firstValue("content-encoding")).isEmpty();
      assertThat(plain.headers().firstValue("vary")).hasValue("Accept-Encoding");
      assertThat(plain.headers().firstValue("content-type"))
          .hasValue("application/vnd.apple.mpegurl");
      assertThat(gzip.headers().firstValue("content-encoding")).hasValue("gzip");
      assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip.body())).readAllBytes())
          .isEqualTo(plain.body());
      assertThat(edge.get(path, "Accept-Encoding", "gzip;q=0").body()).isEqualTo(plain.body());
    }
  }

  @Test
  void tellsCachesHowLongPlaylistsLast() {
    MemorySource.Stream stream = edge.stream(9);
    assertThat(edge.get(MEDIA).headers().firstValue("cache-control")).hasValue("public, max-age=1");
    assertThat(
            edge.get(MEDIA + "?_HLS_msn=" + (stream.next().msn() - 1))
                .headers()
                .firstValue("cache-control"))
        .hasValue("public, max-age=12");
  }

  @Test
  void sendsDeltaUpdates() {
    edge.stream(100);
    assertThat(EdgeFixture.text(edge.get(MEDIA + "?_HLS_skip=YES"))).contains("#EXT-X-SKIP:");
    assertThat(EdgeFixture.text(edge.get(MEDIA))).doesNotContain("#EXT-X-SKIP:");
  }

  @Test
  void allowsEveryOriginOnEveryAnswer() {
    edge.stream(9);
    for (String path :
        List.of(
            "/",
            MEDIA,
            "/hls/live/main/index.m3u8",
            "/hls/live/nobody/index.m3u8",
            "/nothing",
            MEDIA + "?_HLS_part=1",
            "/hls/live/main/video/1000-500.0.m4s",
            "/api/v1/streams",
            "/hls/live/main/video/1000-999.m4s",
            "/healthz",
            "/hls/%2e%2e/x/index.m3u8")) {
      HttpResponse<byte[]> response = edge.get(path, "Origin", "https://player.example");
      assertThat(response.headers().firstValue("access-control-allow-origin")).hasValue("*");
      assertThat(response.headers().firstValue("access-control-expose-headers").orElse(""))
          .contains("Date");
      assertThat(response.headers().firstValue("date")).isPresent();
    }
    assertThat(edge.send("POST", MEDIA).headers().firstValue("access-control-allow-origin"))
        .hasValue("*");
    HttpResponse<byte[]> preflight =
        edge.send(
            "OPTIONS",
            "/hls/live/main/video/1000-500.m4s",
            "Access-Control-Request-Method",
            "GET",
            "Access-Control-Request-Headers",
            "range");
    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(preflight.headers().firstValue("access-control-allow-headers").orElse(""))
        .contains("Range");
    assertThat(preflight.headers().firstValue("access-control-max-age")).isPresent();
  }

  @Test
  void refusesOtherMethods() {
    assertThat(edge.send("DELETE", MEDIA).statusCode()).isEqualTo(405);
    assertThat(edge.send("POST", "/api/v1/streams").headers().firstValue("allow"))
        .hasValue("GET, HEAD, OPTIONS");
  }

  @Test
  void refusesHostilePathsWithoutFailing() {
    edge.stream(9);
    for (String path :
        List.of(
            "/hls/../../etc/passwd",
            "/hls/live/main/video/../../../x",
            "/assets/../x.html",
            "/hls/live%2fmain/index.m3u8",
            "/hls/live/main/%00/index.m3u8",
            "/assets/%2e%2e%2fx",
            "/hls//main/index.m3u8",
            "/hls/live/.hidden/index.m3u8",
            "//",
            "/hls/live/main",
            "/watch/a/b/c",
            "/watch/..%2f/b",
            "/api/v1/streams/a%20b/c",
            "/a\\b",
            "/hls/é/x/y",
            "/" + "a".repeat(3000),
            "*",
            "/hls/live/main/video/-1--1.m4s",
            "/assets/.git/config",
            "/hls/live/main/video/999999999999999999999-1.m4s",
            "/assets/")) {
      String answer = raw("GET", path);
      assertThat(answer).as(path).matches("(?s)HTTP/1.1 (400|404) .*");
      assertThat(answer.toLowerCase(java.util.Locale.ROOT))
          .as(path)
          .contains("access-control-allow-origin: *");
    }
  }

  @Test
  void refusesWhatIsTooLongOrNotHttp() {
    // Netty knows no version yet when it gives up, and answers as HTTP/1.0.
    assertThat(raw("GET", "/" + "a".repeat(10_000))).matches("(?s)HTTP/1.[01] 414 .*");
    String longHeader = "GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + "a".repeat(40_000) + "\r\n\r\n";
    assertThat(RawHttp.exchange(edge.port(), longHeader)).matches("(?s)(HTTP/1.[01] 431 .*)?");
    assertThat(RawHttp.exchange(edge.port(), "\u0003 rtmp is spoken elsewhere\r\n\r\n"))
        .matches("(?s)HTTP/1.[01] 400 .*");
    assertThat(edge.get("/healthz").statusCode()).isEqualTo(200);
  }

  @Test
  void serves404PageToPeopleAndTextToPrograms() {
    HttpResponse<byte[]> page = edge.get("/nothing", "Accept", "text/html,*/*");
    assertThat(page.statusCode()).isEqualTo(404);
    assertThat(page.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
    assertThat(EdgeFixture.text(edge.get("/nothing"))).startsWith("there is nothing");
  }

  @Test
  void servesPagesAndAssets() {
    assertThat(EdgeFixture.text(edge.get("/"))).contains("test index");
    assertThat(EdgeFixture.text(edge.get("/watch/live/main"))).contains("test watch");
    HttpResponse<byte[]> hashed = edge.get("/assets/app-0A1B2C3D.js");
    assertThat(hashed.headers().firstValue("cache-control").orElse("")).contains("immutable");
    assertThat(hashed.headers().firstValue("content-type"))
        .hasValue("text/javascript; charset=utf-8");
    HttpResponse<byte[]> plain = edge.get("/assets/plain.css");
    assertThat(plain.headers().firstValue("cache-control")).hasValue("no-cache");
    String etag = plain.headers().firstValue("etag").orElseThrow();
    assertThat(edge.get("/assets/plain.css", "If-None-Match", etag).statusCode()).isEqualTo(304);
    assertThat(edge.get("/assets/missing.js").statusCode()).isEqualTo(404);
  }

  @Test
  void speaksHttp2ByUpgradeAndHoldsOneStreamWithoutTheOthers() {
    MemorySource.Stream stream = edge.stream(9);
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      HttpResponse<String> first = get2(client, "/healthz").join();
      assertThat(first.version()).isEqualTo(HttpClient.Version.HTTP_2);
      CompletableFuture<HttpResponse<String>> held =
          get2(client, EdgeFixture.playlist(stream.next()));
      await().until(() -> edge.server.heldRequests() == 1);
      FileName part = new FileName.Segment(MemorySource.EPOCH, MemorySource.FIRST_MSN);
      HttpResponse<String> other = get2(client, "/hls/live/main/video/" + part).join();
      assertThat(other.headers().firstValue("content-length")).hasValue("4000");
      assertThat(held).isNotDone();
      stream.parts(1);
      assertThat(held.join().body()).contains("#EXTM3U");
    }
  }

  @Test
  void freesThePlaceOfAClientThatGoes() throws IOException {
    MemorySource.Stream stream = edge.stream(9);
    List<Socket> sockets = new ArrayList<>();
    for (String path :
        List.of(EdgeFixture.playlist(stream.next()), EdgeFixture.part(stream.next()))) {
      sockets.add(RawHttp.open(edge.port(), "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"));
    }
    await().until(() -> edge.server.heldRequests() == 2);
    for (Socket socket : sockets) {
      socket.close();
    }
    await().until(() -> edge.server.heldRequests() == 0);
    await().until(() -> edge.server.openConnections() == 0);
    stream.parts(1);
    assertThat(edge.get(MEDIA).statusCode()).isEqualTo(200);
  }

  @Test
  void freesThePlaceOfAResetHttp2Stream() {
    MemorySource.Stream stream = edge.stream(9);
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      get2(client, "/healthz").join();
      CompletableFuture<HttpResponse<String>> held =
          get2(client, EdgeFixture.playlist(stream.next()));
      await().until(() -> edge.server.heldRequests() == 1);
      held.cancel(true);
      await().until(() -> edge.server.heldRequests() == 0);
    }
    await().until(() -> edge.server.openConnections() == 0);
  }

  @Test
  void givesMemoryBackWhenAClientLeavesInTheMiddleOfASegment() throws IOException {
    MemorySource.Stream stream = edge.stream(8);
    stream.part(30_000_000);
    String path = "/hls/live/main/video/1000-502.0.m4s";
    Socket socket = RawHttp.open(edge.port(), "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    socket.getInputStream().readNBytes(100_000);
    socket.close();
    await().until(() -> edge.server.openConnections() == 0);
    // The fixture's leak check at the end fails if a count was lost.
    assertThat(edge.get(path).body()).hasSize(30_000_000);
  }

  @Test
  void givesMemoryBackWhenAnHttp2StreamIsResetInTheMiddleOfASegment() throws IOException {
    MemorySource.Stream stream = edge.stream(8);
    stream.part(30_000_000);
    String path = "/hls/live/main/video/1000-502.0.m4s";
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      get2(client, "/healthz").join();
      HttpRequest request = HttpRequest.newBuilder(edge.uri(path)).build();
      try (InputStream body =
          client.sendAsync(request, BodyHandlers.ofInputStream()).join().body()) {
        assertThat(body.readNBytes(100_000)).hasSize(100_000);
      }
      assertThat(get2(client, "/healthz").join().statusCode()).isEqualTo(200);
      client.shutdownNow();
    }
    await().until(() -> edge.server.openConnections() == 0);
  }

  @Test
  void servesAPipelineOfLargePartsToASlowReader() throws IOException {
    MemorySource.Stream stream = edge.stream(8);
    stream.part(3_000_000);
    String request = "GET /hls/live/main/video/1000-502.0.m4s HTTP/1.1\r\nHost: x\r\n";
    String pipeline = (request + "\r\n").repeat(30) + request + "Connection: close\r\n\r\n";
    try (Socket socket = RawHttp.open(edge.port(), pipeline)) {
      byte[] first = socket.getInputStream().readNBytes(1000);
      assertThat(new String(first, StandardCharsets.ISO_8859_1)).startsWith("HTTP/1.1 200");
      long rest = socket.getInputStream().transferTo(OutputStream.nullOutputStream());
      assertThat(rest).isBetween(31 * 3_000_000L, 31 * 3_001_000L);
    }
  }

  @Test
  void closesTheConnectionOfAnUnwantedUpload() {
    String answer =
        RawHttp.exchange(
            edge.port(), "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc");
    assertThat(answer).startsWith("HTTP/1.1 405");
  }

  @Test
  void answersPipelinedRequestsInOrder() {
    MemorySource.Stream stream = edge.stream(9);
    CompletableFuture<String> answers =
        CompletableFuture.supplyAsync(
            () ->
                RawHttp.exchange(
                    edge.port(),
                    "GET "
                        + EdgeFixture.playlist(stream.next())
                        + " HTTP/1.1\r\nHost: x\r\n\r\n"
                        + "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    await().until(() -> edge.server.heldRequests() == 1);
    stream.parts(1);
    assertThat(answers.join()).containsSubsequence("#EXTM3U", "\"status\":\"ok\"");
  }

  @Test
  void refusesAPortInUse() {
    EdgeServer second =
        new EdgeServer(
            EdgeFixture.config().withAddress("127.0.0.1", edge.port()),
            EdgeSources.of(edge.source, List::of),
            InstantSource.system(),
            System::nanoTime);
    Assertions.assertThatThrownBy(second::start)
        .isInstanceOf(BindException.class)
        .hasMessageContaining(String.valueOf(edge.port()));
    second.close();
  }

  private CompletableFuture<HttpResponse<String>> get2(HttpClient client, String path) {
    return client.sendAsync(
        HttpRequest.newBuilder(edge.uri(path)).build(), BodyHandlers.ofString());
  }

  private String raw(String method, String path) {
    return RawHttp.exchange(
        edge.port(), method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }
}
