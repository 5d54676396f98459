package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
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
            (path, viewer) -> List.of(),
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

  /** A page goes only where an answer of the API led it. */
  @Test
  void pagesKnowTheRelaysToWhichTheyAreSteered() throws Exception {
    ClusterScript script = new ClusterScript();
    script.copy(MemorySource.PATH, "o", StreamCopy.Kind.ORIGIN, StreamCopy.State.LIVE);
    ClusterScript other = new ClusterScript();
    other.edge("r", "http://relay.example:8080", 0.1);
    List<ClusterNode> relays =
        other.facts().nodes().stream().filter(each -> each.id().equals("r")).toList();
    EdgeSite site =
        new EdgeSite(
            viewer -> true,
            (path, viewer) -> viewer.equals(OF_THE_SITE) && path.isPresent() ? relays : List.of(),
            List::of);
    try (EdgeFixture edge = new EdgeFixture(EdgeFixture.config(), script.cluster(), site)) {
      edge.stream(9);
      assertThat(pathways(edge, "10.20.0.9")).containsExactly("r", "a");
      assertThat(told(edge, "10.20.0.9")).containsExactly("a", "r");
      assertThat(pathways(edge, "192.0.2.1")).containsExactly("a");
      assertThat(told(edge, "192.0.2.1")).containsExactly("a");
    }
  }

  private static List<Object> pathways(EdgeFixture edge, String viewer) throws Exception {
    String manifest = get(edge, "/steering/live/main.json", viewer).body();
    return new JsonObject(manifest).getJsonArray("PATHWAY-PRIORITY").stream().toList();
  }

  private static List<Object> told(EdgeFixture edge, String viewer) throws Exception {
    String stream = get(edge, "/api/v1/streams/live/main", viewer).body();
    return new JsonObject(stream)
        .getJsonArray("edges").stream()
            .map(each -> (Object) ((JsonObject) each).getString("id"))
            .toList();
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
