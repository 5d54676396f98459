package dev.millrace.server.admin;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;

/** One node's API, as commands use it. Calls wait for the answer; {@link ApiException} if none. */
public final class NodeApi {
  private static final String CLUSTER = "/api/v1/cluster";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();
  private final URI node;
  private final Function<String, String> adminToken;

  /**
   * The cluster as a node tells of it.
   *
   * @param self id of the node that was asked
   * @param settingsRevision the newest of the cluster
   * @param remarks what differs between its nodes and what they could not apply, a line each
   */
  public record Cluster(
      String name,
      String self,
      long settingsRevision,
      List<NodeLine> nodes,
      List<String> remarks) {}

  /** The settings of a cluster as somebody made them. */
  public record Revision(long number, String at, String by, Map<String, String> values) {}

  /**
   * @param adminToken of the cluster of a name; called only for what needs it
   */
  public NodeApi(URI node, Function<String, String> adminToken) {
    this.node = node;
    this.adminToken = adminToken;
  }

  /** What the node knows of its cluster. */
  public Cluster cluster() {
    JsonObject json = ask("GET", CLUSTER, "", false);
    List<NodeLine> nodes = new ArrayList<>();
    JsonArray all = json.getJsonArray("nodes", new JsonArray());
    for (int i = 0; i < all.size(); i++) {
      nodes.add(NodeLine.of(all.getJsonObject(i)));
    }
    return new Cluster(
        json.getString("name", ""),
        json.getString("node", ""),
        json.getJsonObject("settings", new JsonObject()).getLong("revision", 0L),
        nodes,
        SettingRemarks.of(json));
  }

  /**
   * Orders a node, by id or name, to hand over what it has and to stop.
   *
   * @param deadlineSeconds how long that may take; empty for the node's own {@code drain.deadline}
   */
  public void drain(String idOrName, OptionalInt deadlineSeconds) {
    String query = deadlineSeconds.isPresent() ? "?deadline=" + deadlineSeconds.getAsInt() : "";
    ask("POST", CLUSTER + "/nodes/" + idOrName + "/drain" + query, "", true);
  }

  /** The newest settings of the cluster. */
  public Revision settings() {
    return revision(ask("GET", CLUSTER + "/settings", "", true));
  }

  /** Makes a new revision of the settings. */
  public Revision change(Map<String, String> set, Collection<String> remove) {
    JsonObject values = new JsonObject();
    set.forEach(values::put);
    JsonObject body = new JsonObject();
    if (!set.isEmpty()) {
      body.put("set", values);
    }
    if (!remove.isEmpty()) {
      body.put("remove", new JsonArray(List.copyOf(remove)));
    }
    return revision(ask("PUT", CLUSTER + "/settings", body.encode(), true));
  }

  /** All revisions that are kept, newest first. */
  public List<Revision> history() {
    JsonArray all =
        ask("GET", CLUSTER + "/settings/history", "", true)
            .getJsonArray("revisions", new JsonArray());
    List<Revision> revisions = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      revisions.add(revision(all.getJsonObject(i)));
    }
    return revisions;
  }

  /** Makes a new revision with the values of an old one. */
  public Revision rollback(long number) {
    String body = new JsonObject().put("revision", number).encode();
    return revision(ask("POST", CLUSTER + "/settings/rollback", body, true));
  }

  private static Revision revision(JsonObject json) {
    Map<String, String> values = new TreeMap<>();
    json.getJsonObject("values", new JsonObject())
        .forEach(each -> values.put(each.getKey(), String.valueOf(each.getValue())));
    return new Revision(
        json.getLong("revision", 0L), json.getString("at", ""), json.getString("by", ""), values);
  }

  private JsonObject ask(String method, String path, String body, boolean asAdmin) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(node.resolve(path))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (asAdmin) {
      request.header("Authorization", "Bearer " + adminToken.apply(clusterName()));
    }
    HttpResponse<String> answer = send(request.build());
    try {
      JsonObject json = answer.body().isEmpty() ? new JsonObject() : new JsonObject(answer.body());
      if (answer.statusCode() / 100 != 2) {
        throw new ApiException(
            node + " refuses: " + json.getString("error", "status " + answer.statusCode()));
      }
      return json;
    } catch (DecodeException | ClassCastException e) {
      throw new ApiException(
          node + " answers " + answer.statusCode() + " and no JSON: is it a Millrace edge?");
    }
  }

  private String clusterName() {
    String name = cluster().name();
    if (name.isEmpty()) {
      throw new ApiException(node + " is in no cluster");
    }
    return name;
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new ApiException(
          "no node answers at "
              + node
              + "; name one with the role edge: --url http://HOST:PORT ("
              + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage())
              + ")");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiException("interrupted");
    }
  }
}
