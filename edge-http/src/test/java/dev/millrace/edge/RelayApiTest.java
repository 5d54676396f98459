package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A relay's channels, at a node by itself and without viewers. */
class RelayApiTest {
  private final List<String> put = new ArrayList<>();
  private final EdgeRelay relay =
      new EdgeRelay(
          () ->
              List.of(
                  new EdgeRelay.Channel(
                      "hall",
                      "live/main",
                      "live/main rtp://239.255.1.1:5004",
                      "rtp://239.255.1.1:5004",
                      "sending",
                      "",
                      Map.of("datagrams", 17L))),
          () -> "#EXTM3U\n",
          name -> name.equals("hall") ? Optional.of("v=0\r\n") : Optional.empty(),
          this::put,
          name -> CompletableFuture.failedFuture(new NoSuchElementException("no " + name)),
          List::of,
          TransportStreams.NONE);
  private static final EdgeSite.Site SITE =
      new EdgeSite.Site(
          "campus",
          List.of("10.20.0.0/16"),
          List.of(siteRelay("hall"), siteRelay("roof")),
          Map.of("bytes", 200L));

  private final EdgeServer node =
      new EdgeServer(
          EdgeFixture.config().withoutViewers(),
          new EdgeSources(
              new MemorySource(),
              new MemoryPictures(),
              List::of,
              path -> Optional.empty(),
              OptionalInt::empty,
              () -> "",
              EdgeCluster.none(7),
              relay,
              EdgeSwarm.NONE,
              new EdgeSite(viewer -> true, (path, viewer) -> List.of(), () -> List.of(SITE))),
          InstantSource.system(),
          System::nanoTime);
  private final HttpClient client = HttpClient.newHttpClient();

  @SuppressWarnings("NullAway.Init")
  private InetSocketAddress address;

  private static EdgeSite.Relay siteRelay(String name) {
    return new EdgeSite.Relay(
        "id-" + name,
        name,
        URI.create("http://" + name + ":8080"),
        0.5,
        7,
        1_000,
        false,
        900,
        Map.of("served.bytes", 400L, "edges.bytes", 100L));
  }

  private synchronized CompletionStage<Void> put(String name, String line) {
    put.add(name + "=" + line);
    return line.contains("rtp://")
        ? CompletableFuture.completedStage(null)
        : CompletableFuture.failedFuture(new IllegalArgumentException("expected rtp://"));
  }

  @BeforeEach
  void start() throws IOException {
    address = node.start();
  }

  @AfterEach
  void stop() {
    client.close();
    node.close();
  }

  @Test
  void tellsChannels() throws Exception {
    JsonObject channel =
        new JsonObject(send("GET", "/api/v1/relay/iptv", "").body())
            .getJsonArray("channels")
            .getJsonObject(0);
    assertThat(channel.getString("url")).isEqualTo("rtp://239.255.1.1:5004");
    assertThat(channel.getJsonObject("counters").getLong("datagrams")).isEqualTo(17);
    assertThat(send("GET", "/iptv/channels.m3u", "").body()).isEqualTo("#EXTM3U\n");
    assertThat(send("GET", "/iptv/hall.sdp", "").body()).isEqualTo("v=0\r\n");
    assertThat(send("GET", "/iptv/foyer.sdp", "").statusCode()).isEqualTo(404);
  }

  @Test
  void tellsSitesWithTheSumOfTheirRelays() throws Exception {
    JsonObject site =
        new JsonObject(send("GET", "/api/v1/relay/sites", "").body())
            .getJsonArray("sites")
            .getJsonObject(0);
    assertThat(site.getString("name")).isEqualTo("campus");
    assertThat(site.getJsonArray("subnets")).containsExactly("10.20.0.0/16");
    assertThat(site.getInteger("viewers")).isEqualTo(14);
    assertThat(site.getDouble("offload")).isEqualTo(0.75);
    assertThat(site.getJsonObject("totals").getLong("served.bytes")).isEqualTo(800);
    assertThat(site.getJsonObject("takenHere").getLong("bytes")).isEqualTo(200);
    assertThat(site.getJsonArray("relays").getJsonObject(1).getJsonObject("counters"))
        .isEqualTo(new JsonObject().put("edges.bytes", 100).put("served.bytes", 400));
  }

  @Test
  void takesChangesFromThisMachine() throws Exception {
    HttpResponse<String> done =
        send("PUT", "/api/v1/relay/iptv/x", "live/a rtp://239.1.1.1:5004\n");
    assertThat(done.statusCode()).isEqualTo(200);
    assertThat(done.headers().firstValue("access-control-allow-origin")).isEmpty();
    assertThat(put).containsExactly("x=live/a rtp://239.1.1.1:5004");
    assertThat(send("PUT", "/api/v1/relay/iptv/x", "nonsense").statusCode()).isEqualTo(400);
    assertThat(send("DELETE", "/api/v1/relay/iptv/x", "").statusCode()).isEqualTo(404);
  }

  @Test
  void refusesWhatItDoesNotKnowAndWhomItDoesNotTrust() throws Exception {
    assertThat(send("PUT", "/api/v1/relay/iptv/x", "l".repeat(5000)).statusCode()).isEqualTo(413);
    assertThat(send("POST", "/api/v1/relay/iptv/x", "").statusCode()).isEqualTo(405);
    assertThat(send("PUT", "/api/v1/relay/iptv/a.b", "").statusCode()).isEqualTo(404);
    assertThat(send("PUT", "/api/v1/relay/iptv", "").statusCode()).isEqualTo(404);
    HttpRequest throughProxy =
        request("PUT", "/api/v1/relay/iptv/x", "live/a rtp://239.1.1.1:5004")
            .header("X-Forwarded-For", "192.0.2.1")
            .build();
    assertThat(client.send(throughProxy, BodyHandlers.ofString()).statusCode()).isEqualTo(403);
    assertThat(put).isEmpty();
  }

  private HttpResponse<String> send(String method, String path, String body) throws Exception {
    return client.send(request(method, path, body).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String method, String path, String body) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + path))
        .method(method, HttpRequest.BodyPublishers.ofString(body));
  }
}
