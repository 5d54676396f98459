package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whom the relay of a site serves, and whom every other node does. */
class SiteViewersTest {
  private static final InetAddress OF_THE_SITE = InetAddress.ofLiteral("10.20.0.9");

  @Test
  void relayRefusesViewersOfOtherNetworks() throws Exception {
    EdgeSite site =
        new EdgeSite(
            viewer -> viewer.filter(OF_THE_SITE::equals).isPresent(),
            viewer -> List.of(),
            List::of);
    try (EdgeFixture edge = new EdgeFixture(EdgeFixture.config(), EdgeCluster.none(7), site)) {
      edge.stream(9);
      assertThat(playlistFor(edge, "10.20.0.9").statusCode()).isEqualTo(200);
      HttpResponse<String> refused = playlistFor(edge, "192.0.2.1");
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body()).contains("serves the viewers of its own site");
      assertThat(refused.headers().firstValue("cache-control")).hasValue("no-store");
      assertThat(playlistFor(edge, "unknown").statusCode()).isEqualTo(403);
      assertThat(get(edge, "/livez", "192.0.2.1").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void otherNodesServeWhoseAddressNobodyKnows() throws Exception {
    try (EdgeFixture edge = new EdgeFixture()) {
      edge.stream(9);
      assertThat(playlistFor(edge, "unknown").statusCode()).isEqualTo(200);
    }
  }

  private static HttpResponse<String> playlistFor(EdgeFixture edge, String viewer)
      throws IOException, InterruptedException {
    return get(edge, "/hls/live/main/index.m3u8", viewer);
  }

  /** As a proxy on the same machine asks for a viewer. */
  private static HttpResponse<String> get(EdgeFixture edge, String path, String viewer)
      throws IOException, InterruptedException {
    HttpClient client = edge.client;
    HttpRequest request =
        HttpRequest.newBuilder(edge.uri(path)).header("X-Forwarded-For", viewer).build();
    return client.send(request, BodyHandlers.ofString());
  }
}
