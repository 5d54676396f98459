package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.media.Bytes;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an edge offers to viewers who share. */
class SwarmTest {
  private final MemorySource source = new MemorySource();
  private final AtomicLong pushedNanos = new AtomicLong();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final List<EdgeSwarm.Wire> wires = new CopyOnWriteArrayList<>();
  private final EdgeServer edge =
      new EdgeServer(
          EdgeFixture.config(),
          new EdgeSources(
              source,
              new MemoryPictures(),
              List::of,
              path -> Optional.empty(),
              OptionalInt::empty,
              () -> "",
              EdgeCluster.none(7),
              EdgeRelay.NONE,
              new EdgeSwarm(
                  true,
                  (path, viewer) ->
                      viewer.equals(InetAddress.ofLiteral("10.9.9.9"))
                          ? Optional.empty()
                          : Optional.of(
                              new EdgeSwarm.Sharing(
                                  true, path + "@campus", "campus", "t0ken", List.of(), 3479)),
                  this::connect,
                  () ->
                      new EdgeSwarm.Facts(
                          List.of(new EdgeSwarm.Swarm("live/main", "campus", 4)),
                          Map.of("offers", 5L))),
              EdgeSite.NONE),
          InstantSource.system(),
          () -> System.nanoTime() + pushedNanos.get());
  private final HttpClient client = HttpClient.newHttpClient();

  @SuppressWarnings("NullAway.Init")
  private InetSocketAddress address;

  private Optional<EdgeSwarm.Visitor> connect(String token, InetAddress from, EdgeSwarm.Wire out) {
    if (!token.equals("t0ken")) {
      return Optional.empty();
    }
    wires.add(out);
    return Optional.of(
        new EdgeSwarm.Visitor() {
          @Override
          public void message(String text) {
            heard.add(text);
            out.send("heard " + text);
          }

          @Override
          public void malformed(String why) {
            heard.add("malformed");
          }

          @Override
          public void gone() {
            heard.add("gone");
          }
        });
  }

  @BeforeEach
  void start() throws IOException {
    address = edge.start();
    edge.ready();
    source.open(MemorySource.PATH, EdgeFixture.TARGETS).parts(40);
  }

  @AfterEach
  void stop() {
    client.shutdownNow();
    edge.close();
  }

  @Test
  void tellsAPageWithWhomItMayShare() throws Exception {
    JsonObject json = json("/api/v1/streams/live/main/swarm");
    assertThat(json.getBoolean("share")).isTrue();
    assertThat(json.getString("swarm")).isEqualTo("live/main@campus");
    assertThat(json.getJsonArray("trackers")).containsExactly("/tracker?token=t0ken");
    assertThat(json.getJsonArray("stun")).containsExactly("stun:127.0.0.1:3479");
    assertThat(json("/api/v1/streams/live/nothing/swarm").getBoolean("share")).isFalse();
  }

  @Test
  void whoIsBehindAProxyOnThisMachineIsWhereThatSays() throws Exception {
    JsonObject json =
        json("/api/v1/streams/live/main/swarm", "X-Forwarded-For", "10.20.1.1, 10.9.9.9");
    assertThat(json.getBoolean("share")).isFalse();
    assertThat(json.getString("trackers")).isNull();
  }

  @Test
  void sendsThemToTheClassicViewUnlessTheyChose() throws Exception {
    HttpResponse<String> sent = get("/watch/live/main");
    assertThat(sent.statusCode()).isEqualTo(302);
    assertThat(sent.headers().firstValue("location")).contains("/watch/live/main?view=classic");
    assertThat(get("/watch/live/main?view=live").statusCode()).isEqualTo(200);
    assertThat(get("/watch/live/main", "X-Forwarded-For", "10.9.9.9").statusCode()).isEqualTo(200);
  }

  @Test
  void tellsTheHashesOfWholeSegments() throws Exception {
    JsonObject hashes = json("/hls/live/main/video/hashes.json").getJsonObject("sha256");
    List<String> listed =
        get("/hls/live/main/video/classic.m3u8")
            .body()
            .lines()
            .filter(line -> line.endsWith(".m4s"))
            .toList();
    assertThat(hashes.fieldNames()).containsAll(listed).hasSizeGreaterThan(5);
    for (String each : hashes.fieldNames()) {
      HttpResponse<byte[]> segment =
          client.send(request("/hls/live/main/video/" + each), BodyHandlers.ofByteArray());
      assertThat(hashes.getString(each)).isEqualTo(Bytes.wrap(segment.body()).sha256().hex());
    }
    assertThat(get("/hls/live/main/nothing/hashes.json").statusCode()).isEqualTo(404);
  }

  @Test
  void carriesWhatPageAndTrackerSay() {
    Page page = new Page();
    WebSocket socket = open("t0ken", page);
    socket.sendText("one", true).join();
    await().until(() -> page.texts.contains("heard one"));
    wires.getFirst().close("enough");
    assertThat(page.closed.join()).isEqualTo("1008 enough");
    await().until(() -> heard.contains("gone"));
    assertThat(heard).containsExactly("one", "gone");
  }

  @Test
  void whoHasNoTokenIsNotLetIn() throws Exception {
    assertThatThrownBy(() -> open("another", new Page())).isInstanceOf(CompletionException.class);
    assertThat(get("/tracker?token=t0ken").statusCode()).isEqualTo(400);
    assertThat(heard).isEmpty();
  }

  @Test
  void aMegabyteIsNotRead() {
    Page page = new Page();
    WebSocket socket = open("t0ken", page);
    socket.sendText("x".repeat(1 << 20), true);
    await().until(() -> heard.contains("gone"));
    assertThat(heard).doesNotContain("one").first().isEqualTo("malformed");
  }

  @Test
  void manyFramesOfOneMessageAreBoundedToo() {
    WebSocket socket = open("t0ken", new Page());
    CompletableFuture<?> sent = CompletableFuture.completedFuture(null);
    for (int i = 0; i < 40; i++) {
      sent = sent.thenCompose(done -> socket.sendText("x".repeat(4000), false));
    }
    await().until(() -> heard.contains("gone"));
  }

  @Test
  void whoAnswersPingsStaysAndWhoDoesNotIsLetGo() {
    Page page = new Page();
    WebSocket socket = open("t0ken", page);
    open(
        "t0ken",
        new WebSocket.Listener() {
          @Override
          public void onOpen(WebSocket deaf) {
            // Reads nothing, and so answers nothing.
          }
        });
    for (int asked = 1; asked <= 2; asked++) {
      int pings = asked;
      pushedNanos.addAndGet(TimeUnit.SECONDS.toNanos(30));
      await().until(() -> page.pings.get() == pings);
      assertThat(heard).isEmpty();
    }
    pushedNanos.addAndGet(TimeUnit.SECONDS.toNanos(30));
    await().until(() -> heard.contains("gone"));
    socket.sendText("still here", true).join();
    await().until(() -> page.texts.contains("heard still here"));
    assertThat(heard).containsExactly("gone", "still here");
  }

  @Test
  void tellsOperatorsWhoShares() throws Exception {
    JsonObject json = json("/api/v1/relay/swarms");
    assertThat(json.getJsonArray("swarms").getJsonObject(0).getString("site")).isEqualTo("campus");
    assertThat(json.getJsonObject("counters").getLong("offers")).isEqualTo(5);
  }

  @Test
  void withoutItNothingIsThere() {
    try (EdgeFixture off = new EdgeFixture()) {
      off.stream(40);
      assertThat(off.get("/hls/live/main/video/hashes.json").statusCode()).isEqualTo(404);
      assertThat(off.get("/tracker?token=x").statusCode()).isEqualTo(404);
      assertThat(EdgeFixture.text(off.get("/api/v1/streams/live/main/swarm")))
          .isEqualTo("{\"share\":false}");
    }
  }

  private JsonObject json(String path, String... headers) throws Exception {
    return new JsonObject(get(path, headers).body());
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    return client.send(request(path, headers), BodyHandlers.ofString());
  }

  private HttpRequest request(String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + path));
    return headers.length == 0 ? request.build() : request.headers(headers).build();
  }

  private WebSocket open(String token, WebSocket.Listener page) {
    return client
        .newWebSocketBuilder()
        .buildAsync(
            URI.create("ws://127.0.0.1:" + address.getPort() + "/tracker?token=" + token), page)
        .join();
  }

  private static final class Page implements WebSocket.Listener {
    final List<String> texts = new CopyOnWriteArrayList<>();
    final AtomicInteger pings = new AtomicInteger();
    final CompletableFuture<String> closed = new CompletableFuture<>();

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
      pings.incrementAndGet();
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      texts.add(data.toString());
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed.complete(code + " " + reason);
      return null;
    }
  }
}
