package dev.millrace.edge;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What operators do, on the port of the viewers but with a bearer token. One event loop. */
final class AdminApi {
  private static final int MAX_BODY_BYTES = 64 * 1024;
  private static final String BEARER = "bearer ";
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}");

  private final ClusterAdmin admin;
  private final OperatorAnswers answers;

  AdminApi(ClusterAdmin admin, OperatorAnswers answers) {
    this.admin = admin;
    this.answers = answers;
  }

  /** Whether a request is one of these, also one that comes to nothing. */
  static boolean isFor(@Nullable String path) {
    return path != null && path.startsWith(AdminRoute.PREFIX);
  }

  /** Whether the request carries the operator's token. */
  boolean isAdmin(HttpServerRequest request) {
    String token = token(request);
    return token != null && admin.isAdmin().test(token);
  }

  void serve(HttpServerRequest request) {
    String token = token(request);
    if (token == null) {
      answers.refuse(request, 401, "this needs the header Authorization: Bearer TOKEN");
    } else if (!admin.isAdmin().test(token)) {
      answers.refuse(request, 403, "this is not the token of this cluster's operator");
    } else {
      switch (AdminRoute.parse(request.method(), String.valueOf(request.path()))) {
        case AdminRoute.Drain(String node) ->
            answers.answer(
                request,
                () -> admin.drain().apply(node, deadline(request)),
                done -> new JsonObject().put("draining", node));
        case AdminRoute.ReadSettings ignored ->
            answers.answer(request, admin.settings(), SettingsJson::revision);
        case AdminRoute.ChangeSettings ignored ->
            answers.withBody(
                request,
                MAX_BODY_BYTES,
                body ->
                    answers.answer(
                        request,
                        () -> admin.change().apply(SettingsJson.change(body, by(request))),
                        SettingsJson::revision));
        case AdminRoute.History ignored ->
            answers.answer(request, admin.history(), AdminApi::history);
        case AdminRoute.Rollback ignored ->
            answers.withBody(
                request,
                MAX_BODY_BYTES,
                body ->
                    answers.answer(
                        request,
                        () -> admin.rollback().apply(SettingsJson.revisionNumber(body)),
                        SettingsJson::revision));
        case AdminRoute.WrongMethod(var expected) ->
            answers.refuse(
                request,
                405,
                "expected "
                    + expected.stream()
                        .map(Object::toString)
                        .sorted()
                        .collect(Collectors.joining(" or ")));
        case AdminRoute.Unknown ignored ->
            answers.refuse(
                request,
                404,
                "expected nodes/NODE/drain, settings, settings/history or settings/rollback below "
                    + AdminRoute.PREFIX);
      }
    }
  }

  /** How long a drain may take: {@code ?deadline=SECONDS}. */
  private static Optional<Duration> deadline(HttpServerRequest request) {
    String given = request.getParam("deadline");
    if (given == null) {
      return Optional.empty();
    }
    if (!SECONDS.matcher(given).matches()) {
      throw new IllegalArgumentException("deadline: expected whole seconds, found " + given);
    }
    return Optional.of(Duration.ofSeconds(Long.parseLong(given)));
  }

  private static JsonObject history(List<SettingsRevision> revisions) {
    JsonArray all = new JsonArray();
    revisions.forEach(each -> all.add(SettingsJson.revision(each)));
    return new JsonObject().put("revisions", all);
  }

  private static @Nullable String token(HttpServerRequest request) {
    String value = request.getHeader(HttpHeaders.AUTHORIZATION);
    return value != null && value.toLowerCase(Locale.ROOT).startsWith(BEARER)
        ? value.substring(BEARER.length()).strip()
        : null;
  }

  private static String by(HttpServerRequest request) {
    return request.remoteAddress() == null ? "api" : "api " + request.remoteAddress().hostAddress();
  }
}
