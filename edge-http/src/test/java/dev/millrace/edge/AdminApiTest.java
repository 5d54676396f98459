package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdminApiTest {
  private static final String SETTINGS = "/api/v1/cluster/settings";

  private final ClusterScript script = new ClusterScript();
  private final EdgeFixture edge = new EdgeFixture(EdgeFixture.config(), script.cluster());

  @AfterEach
  void close() {
    edge.close();
  }

  @Test
  void drainsANode() {
    assertThat(send("POST", "/api/v1/cluster/nodes/a/drain", "").statusCode()).isEqualTo(200);
    assertThat(script.drained).containsExactly("a");
    HttpResponse<String> unknown = send("POST", "/api/v1/cluster/nodes/zz/drain", "");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(new JsonObject(unknown.body()).getString("error")).isEqualTo("there is no node zz");
  }

  @Test
  void changesSettingsAndRollsThemBack() {
    HttpResponse<String> changed =
        send("PUT", SETTINGS, "{\"set\": {\"a.b\": true, \"c\": \"4s\"}, \"ifRevision\": 0}");
    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(new JsonObject(changed.body()).getLong("revision")).isEqualTo(1);
    assertThat(script.settings.getFirst().values()).isEqualTo(Map.of("a.b", "true", "c", "4s"));
    assertThat(send("PUT", SETTINGS, "{\"remove\": [\"c\"]}").statusCode()).isEqualTo(200);
    assertThat(new JsonObject(send("GET", SETTINGS, "").body()).getJsonObject("values"))
        .isEqualTo(new JsonObject().put("a.b", "true"));
    assertThat(send("POST", SETTINGS + "/rollback", "{\"revision\": 1}").statusCode())
        .isEqualTo(200);
    assertThat(script.settings.getFirst().values()).containsKey("c");
    JsonObject history = new JsonObject(send("GET", SETTINGS + "/history", "").body());
    assertThat(history.getJsonArray("revisions")).hasSize(4);
    assertThat(send("POST", SETTINGS + "/rollback", "{\"revision\": 77}").statusCode())
        .isEqualTo(404);
  }

  @Test
  void drainsWithADeadline() {
    String drain = "/api/v1/cluster/nodes/a/drain?deadline=";
    assertThat(send("POST", drain + "12", "").statusCode()).isEqualTo(200);
    assertThat(script.drained).containsExactly("a in 12 s");
    for (String wrong : new String[] {"", "-1", "1.5", "x", "99999999999999999999"}) {
      assertThat(send("POST", drain + wrong, "").statusCode()).as(wrong).isEqualTo(400);
    }
    assertThat(script.drained).hasSize(1);
  }

  @Test
  void saysWhatIsWrongWithARequest() {
    for (String body :
        new String[] {
          "",
          "[]",
          "{}",
          "{\"set\": 1}",
          "{\"set\": {\"a\": null}}",
          "{\"remove\": [1]}",
          "{\"sett\": {}}",
          "{\"set\": {\"a\": 1}, \"ifRevision\": \"x\"}"
        }) {
      HttpResponse<String> refused = send("PUT", SETTINGS, body);
      assertThat(refused.statusCode()).as(body).isEqualTo(400);
      assertThat(new JsonObject(refused.body()).getString("error")).isNotEmpty();
    }
    assertThat(send("PUT", SETTINGS, "{\"set\": {\"a\": 1}, \"ifRevision\": 9}").statusCode())
        .isEqualTo(409);
    assertThat(send("PUT", SETTINGS, "x".repeat(70_000)).statusCode()).isEqualTo(413);
    assertThat(send("DELETE", SETTINGS, "").statusCode()).isEqualTo(405);
    assertThat(send("GET", "/api/v1/cluster/nothing", "").statusCode()).isEqualTo(404);
    assertThat(script.settings).hasSize(1);
  }

  @Test
  void isForOperatorsAndForNoOtherSite() {
    HttpResponse<byte[]> anonymous = edge.send("POST", "/api/v1/cluster/nodes/a/drain");
    assertThat(anonymous.statusCode()).isEqualTo(401);
    assertThat(anonymous.headers().firstValue("www-authenticate")).isPresent();
    assertThat(anonymous.headers().firstValue("access-control-allow-origin")).isEmpty();
    HttpResponse<byte[]> wrong =
        edge.send("POST", "/api/v1/cluster/nodes/a/drain", "Authorization", "Bearer nonsense");
    assertThat(wrong.statusCode()).isEqualTo(403);
    HttpResponse<byte[]> preflight =
        edge.send("OPTIONS", SETTINGS, "Origin", "http://evil.example");
    assertThat(preflight.statusCode()).isEqualTo(401);
    assertThat(preflight.headers().firstValue("access-control-allow-origin")).isEmpty();
    assertThat(script.drained).isEmpty();
  }

  private HttpResponse<String> send(String method, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(edge.uri(path))
            .header("Authorization", "Bearer " + ClusterScript.TOKEN)
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    return edge.client.sendAsync(request, BodyHandlers.ofString()).join();
  }
}
