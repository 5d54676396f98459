package dev.millrace.edge;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The channels of IPTV, for operators: {@code GET /api/v1/relay/iptv}, {@code PUT} and {@code
 * DELETE /api/v1/relay/iptv/NAME}; and viewers who share: {@code GET /api/v1/relay/swarms}; and
 * sites with their relays: {@code GET /api/v1/relay/sites}. Read by who may read metrics; changed
 * with the operator's token, or, where there is no cluster and so no token, from this machine. One
 * event loop.
 */
final class RelayApi {
  private static final String PREFIX = "/api/v1/relay/";
  private static final String CHANNELS = PREFIX + "iptv";
  private static final String SWARMS = PREFIX + "swarms";
  private static final String SITES = PREFIX + "sites";
  private static final List<String> LISTS = List.of(CHANNELS, SWARMS, SITES);
  private static final int MAX_BODY_BYTES = 4096;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private final EdgeNode node;
  private final AdminApi admin;
  private final OperatorAnswers answers;

  RelayApi(EdgeNode node, AdminApi admin, OperatorAnswers answers) {
    this.node = node;
    this.admin = admin;
    this.answers = answers;
  }

  /** Whether a request is one of these, also one that comes to nothing. */
  static boolean isFor(@Nullable String path) {
    return path != null && path.startsWith(PREFIX);
  }

  void serve(HttpServerRequest request) {
    String path = String.valueOf(request.path());
    String name = path.startsWith(CHANNELS + "/") ? path.substring(CHANNELS.length() + 1) : "";
    boolean get =
        HttpMethod.GET.equals(request.method()) || HttpMethod.HEAD.equals(request.method());
    if (get && LISTS.contains(path)) {
      if (node.config().metrics().admits(request) || admin.isAdmin(request)) {
        answers.send(request, 200, list(path));
      } else {
        answers.refuse(request, 403, "this is told as metrics are, see http.metrics");
      }
    } else if (!NAME.matcher(name).matches()) {
      answers.refuse(request, 404, "expected " + CHANNELS + "/NAME or one of " + LISTS);
    } else if (!mayChange(request)) {
      answers.refuse(
          request, 403, "this needs the operator's token; without a cluster, this machine");
    } else if (HttpMethod.PUT.equals(request.method())) {
      put(request, name);
    } else if (HttpMethod.DELETE.equals(request.method())) {
      answer(request, () -> node.sources().relay().remove().apply(name));
    } else {
      answers.refuse(request, 405, "expected PUT or DELETE");
    }
  }

  private JsonObject list(String path) {
    return switch (path) {
      case CHANNELS -> channels();
      case SWARMS -> swarms();
      default -> SitesJson.of(node.sources().site().facts().get());
    };
  }

  private boolean mayChange(HttpServerRequest request) {
    return admin.isAdmin(request)
        || (!node.sources().cluster().facts().get().isClustered()
            && MetricsAccess.isThisMachine(request));
  }

  private void put(HttpServerRequest request, String name) {
    answers.withBody(
        request,
        MAX_BODY_BYTES,
        body -> {
          String line = body.toString(StandardCharsets.UTF_8).strip();
          answer(request, () -> node.sources().relay().put().apply(name, line));
        });
  }

  private JsonObject channels() {
    EdgeRelay relay = node.sources().relay();
    return new JsonObject()
        .put("channels", json(relay.channels().get()))
        .put("received", json(relay.received().get()));
  }

  private static JsonArray json(List<EdgeRelay.Channel> channels) {
    JsonArray all = new JsonArray();
    for (EdgeRelay.Channel each : channels) {
      JsonObject counters = new JsonObject();
      each.counters().forEach(counters::put);
      all.add(
          new JsonObject()
              .put("name", each.name())
              .put("stream", each.stream())
              .put("channel", each.line())
              .put("url", each.url())
              .put("state", each.state())
              .put("trouble", each.trouble())
              .put("counters", counters));
    }
    return all;
  }

  private JsonObject swarms() {
    EdgeSwarm.Facts facts = node.sources().swarm().facts().get();
    JsonArray all = new JsonArray();
    for (EdgeSwarm.Swarm each : facts.swarms()) {
      all.add(
          new JsonObject()
              .put("stream", each.stream())
              .put("site", each.site())
              .put("peers", each.peers()));
    }
    JsonObject counters = new JsonObject();
    facts.counters().forEach(counters::put);
    return new JsonObject()
        .put("on", node.sources().swarm().isOn())
        .put("swarms", all)
        .put("counters", counters);
  }

  private void answer(HttpServerRequest request, Supplier<CompletionStage<Void>> change) {
    answers.answer(request, change, done -> channels());
  }
}
