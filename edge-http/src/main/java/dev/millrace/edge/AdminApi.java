package dev.millrace.edge;

import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators do, on the port of the viewers but with a bearer token, and never for a page of
 * another origin: no answer carries CORS headers. One event loop.
 */
final class AdminApi {
  private static final Logger log = LoggerFactory.getLogger(AdminApi.class);

  private static final int MAX_BODY_BYTES = 64 * 1024;
  private static final String BEARER = "bearer ";
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}");

  private final ClusterAdmin admin;
  private final Context context;
  private final Answers answers;

  AdminApi(ClusterAdmin admin, Context context, Answers answers) {
    this.admin = admin;
    this.context = context;
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
      refuse(request, 401, "this needs the header Authorization: Bearer TOKEN");
    } else if (!admin.isAdmin().test(token)) {
      refuse(request, 403, "this is not the token of this cluster's operator");
    } else {
      switch (AdminRoute.parse(request.method(), String.valueOf(request.path()))) {
        case AdminRoute.Drain(String node) ->
            answer(
                request,
                () -> admin.drain().apply(node, deadline(request)),
                done -> new JsonObject().put("draining", node));
        case AdminRoute.ReadSettings ignored ->
            answer(request, admin.settings(), SettingsJson::revision);
        case AdminRoute.ChangeSettings ignored ->
            withBody(
                request,
                body ->
                    answer(
                        request,
                        () -> admin.change().apply(SettingsJson.change(body, by(request))),
                        SettingsJson::revision));
        case AdminRoute.History ignored -> answer(request, admin.history(), AdminApi::history);
        case AdminRoute.Rollback ignored ->
            withBody(
                request,
                body ->
                    answer(
                        request,
                        () -> admin.rollback().apply(SettingsJson.revisionNumber(body)),
                        SettingsJson::revision));
        case AdminRoute.WrongMethod(var expected) ->
            refuse(
                request,
                405,
                "expected "
                    + expected.stream()
                        .map(Object::toString)
                        .sorted()
                        .collect(Collectors.joining(" or ")));
        case AdminRoute.Unknown ignored ->
            refuse(
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

  /** Reads a body of bounded size. */
  private void withBody(HttpServerRequest request, Consumer<Buffer> then) {
    Buffer body = Buffer.buffer();
    request.handler(
        chunk -> {
          if (body.length() + chunk.length() > MAX_BODY_BYTES) {
            request.handler(rest -> {}).endHandler(end -> {});
            refuse(request, 413, "the body is longer than " + MAX_BODY_BYTES + " bytes");
          } else {
            body.appendBuffer(chunk);
          }
        });
    request.endHandler(end -> then.accept(body));
  }

  private <T> void answer(
      HttpServerRequest request,
      Supplier<CompletionStage<T>> action,
      Function<T, JsonObject> result) {
    CompletionStage<T> stage;
    try {
      stage = action.get();
    } catch (RuntimeException e) {
      stage = CompletableFuture.failedFuture(e);
    }
    stage.whenComplete(
        (value, failure) ->
            context.runOnContext(
                ignored -> {
                  if (failure == null) {
                    send(request, 200, result.apply(value));
                  } else {
                    fail(request, failure);
                  }
                }));
  }

  private void fail(HttpServerRequest request, Throwable thrown) {
    Throwable failure =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    int status =
        switch (failure) {
          case IllegalArgumentException ignored -> 400;
          case NoSuchElementException ignored -> 404;
          case IllegalStateException ignored -> 409;
          case TimeoutException ignored -> 504;
          default -> 500;
        };
    if (status == 500) {
      log.error("{} {} failed", request.method(), request.path(), failure);
    }
    refuse(
        request, status, status == 500 ? "the server failed; its log says why" : message(failure));
  }

  private static String message(Throwable failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  private void refuse(HttpServerRequest request, int status, String reason) {
    answers.count(status);
    send(request, status, new JsonObject().put("error", reason));
  }

  private void send(HttpServerRequest request, int status, JsonObject json) {
    Buffer body = json.toBuffer();
    MultiMap headers =
        answers
            .headers(Answers.JSON, body.length(), CacheRule.NO_STORE)
            .remove(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
    if (status == 401) {
      headers.set("WWW-Authenticate", "Bearer realm=\"millrace\"");
    }
    answers.send(request, status, headers, body);
  }
}
