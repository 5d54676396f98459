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
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node without viewers, asked by probes and operators. */
class HealthTest {
  private final ClusterScript script = new ClusterScript();
  private final MemorySource source = new MemorySource();
  private final EdgeServer node =
      new EdgeServer(
          EdgeFixture.config().withoutViewers(),
          new EdgeSources(
              source,
              new MemoryPictures(),
              List::of,
              path -> Optional.empty(),
              OptionalInt::empty,
              () -> "up 1\n",
              script.cluster(),
              EdgeRelay.NONE,
              EdgeSwarm.NONE,
              EdgeSite.NONE),
          InstantSource.system(),
          System::nanoTime);
  private final HttpClient client = HttpClient.newHttpClient();

  @SuppressWarnings("NullAway.Init")
  private InetSocketAddress address;

  @BeforeEach
  void start() throws IOException {
    source.open(MemorySource.PATH, EdgeFixture.TARGETS).parts(9);
    address = node.start();
  }

  @AfterEach
  void stop() {
    client.close();
    node.close();
  }

  @Test
  void isReadyFromWhenItSaysSoUntilItDrains() throws Exception {
    assertHealth("/readyz", 503, "starting");
    assertHealth("/healthz", 503, "starting");
    assertHealth("/livez", 200, "ok");
    node.ready();
    assertHealth("/readyz", 200, "ok");
    assertHealth("/healthz", 200, "ok");
    node.drain();
    assertHealth("/readyz", 503, "draining");
    assertHealth("/livez", 200, "ok");
    node.ready();
    assertHealth("/readyz", 503, "draining");
  }

  @Test
  void tellsOperatorsOfItselfAndTheCluster() throws Exception {
    assertThat(get("/metrics").body()).isEqualTo("up 1\n");
    assertThat(get("/api/v1/cluster").body()).contains("\"name\":\"test\"");
    assertThat(get("/api/v1/cluster/settings").statusCode()).as("without a token").isEqualTo(401);
  }

  @Test
  void hasNothingForViewers() throws Exception {
    for (String path :
        List.of(
            "/",
            "/nodes",
            "/watch/live/main",
            "/hls/live/main/index.m3u8",
            "/hls/live/main/poster.jpg",
            "/steering/live/main.json",
            "/api/v1/streams",
            "/assets/pages.css")) {
      HttpResponse<String> answer = get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(404);
      assertThat(answer.body()).contains("no viewers");
    }
    assertThat(source.followers).as("followers of its streams").hasValue(0);
  }

  private void assertHealth(String path, int status, String expected) throws Exception {
    HttpResponse<String> answer = get(path);
    assertThat(answer.statusCode()).as(path).isEqualTo(status);
    assertThat(new JsonObject(answer.body()).getString("status")).as(path).isEqualTo(expected);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + path)).build(),
        BodyHandlers.ofString());
  }
}
