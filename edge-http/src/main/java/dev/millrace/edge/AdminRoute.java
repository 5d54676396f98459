package dev.millrace.edge;

import io.vertx.core.http.HttpMethod;
import java.util.Set;

/** What an operator's request asks for, below {@code /api/v1/cluster/}. */
sealed interface AdminRoute {
  /** {@code POST /api/v1/cluster/nodes/NODE/drain} */
  record Drain(String node) implements AdminRoute {}

  /** {@code GET /api/v1/cluster/settings} */
  record ReadSettings() implements AdminRoute {}

  /** {@code PUT /api/v1/cluster/settings} */
  record ChangeSettings() implements AdminRoute {}

  /** {@code GET /api/v1/cluster/settings/history} */
  record History() implements AdminRoute {}

  /** {@code POST /api/v1/cluster/settings/rollback} */
  record Rollback() implements AdminRoute {}

  /** Another method is wanted. */
  record WrongMethod(Set<HttpMethod> expected) implements AdminRoute {}

  /** Nothing is there. */
  record Unknown() implements AdminRoute {}

  /** All that is an operator's begins so. */
  String PREFIX = "/api/v1/cluster/";

  /** Reads the raw path of a request that begins with the prefix. */
  static AdminRoute parse(HttpMethod method, String path) {
    String[] steps = path.substring(PREFIX.length()).split("/", -1);
    return switch (String.join(
        " ", steps.length == 3 ? new String[] {steps[0], steps[2]} : steps)) {
      case "nodes drain" ->
          steps.length == 3 && !steps[1].isEmpty()
              ? of(method, HttpMethod.POST, new Drain(steps[1]))
              : new Unknown();
      case "settings" ->
          HttpMethod.PUT.equals(method)
              ? new ChangeSettings()
              : HttpMethod.GET.equals(method)
                  ? new ReadSettings()
                  : new WrongMethod(Set.of(HttpMethod.GET, HttpMethod.PUT));
      case "settings history" ->
          steps.length == 2 ? of(method, HttpMethod.GET, new History()) : new Unknown();
      case "settings rollback" ->
          steps.length == 2 ? of(method, HttpMethod.POST, new Rollback()) : new Unknown();
      default -> new Unknown();
    };
  }

  private static AdminRoute of(HttpMethod method, HttpMethod expected, AdminRoute route) {
    return expected.equals(method) ? route : new WrongMethod(Set.of(expected));
  }
}
