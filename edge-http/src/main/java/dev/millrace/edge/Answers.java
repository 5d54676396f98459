package dev.millrace.edge;

import static io.vertx.core.http.HttpHeaders.createOptimized;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Writes responses with the headers that all of them carry: CORS (also on errors, or a browser
 * hides them from the player), Date (by which low-latency players set their clock), nosniff. One
 * event loop.
 */
final class Answers {
  static final CharSequence PLAYLIST = createOptimized("application/vnd.apple.mpegurl");
  static final CharSequence PLAIN = createOptimized("text/plain; charset=utf-8");
  static final CharSequence JSON = createOptimized("application/json");
  static final CharSequence HTML = createOptimized("text/html; charset=utf-8");

  private static final CharSequence ANY = createOptimized("*");
  private static final CharSequence GZIP = createOptimized("gzip");
  private static final CharSequence ACCEPT_ENCODING = createOptimized("Accept-Encoding");
  private static final CharSequence EXPOSE = createOptimized("access-control-expose-headers");
  private static final CharSequence EXPOSED =
      createOptimized("Date, Age, Content-Length, Content-Range, ETag, Retry-After");
  private static final CharSequence NOSNIFF_NAME = createOptimized("x-content-type-options");
  private static final CharSequence NOSNIFF = createOptimized("nosniff");
  private static final CharSequence TIMING = createOptimized("timing-allow-origin");
  private static final CharSequence METHODS = createOptimized("GET, HEAD, OPTIONS");
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final InstantSource wall;
  private final EdgeCounters counters;
  private long dateSecond = Long.MIN_VALUE;
  private CharSequence date = "";

  Answers(InstantSource wall, EdgeCounters counters) {
    this.wall = wall;
    this.counters = counters;
  }

  /** The headers of every response, to be added to. */
  MultiMap headers(CharSequence contentType, long length, CacheRule cache) {
    return HttpHeaders.headers()
        .set(HttpHeaders.CONTENT_TYPE, contentType)
        .set(HttpHeaders.CONTENT_LENGTH, Long.toString(length))
        .set(HttpHeaders.CACHE_CONTROL, cache.value())
        .set(HttpHeaders.DATE, date())
        .set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, ANY)
        .set(EXPOSE, EXPOSED)
        .set(TIMING, ANY)
        .set(NOSNIFF_NAME, NOSNIFF);
  }

  /**
   * The headers of a text that is also there as gzip; read-only, so that one block serves all who
   * are answered together without being copied.
   */
  MultiMap textHeaders(CharSequence contentType, long length, CacheRule cache, boolean gzip) {
    MultiMap headers = headers(contentType, length, cache).set(HttpHeaders.VARY, ACCEPT_ENCODING);
    if (gzip) {
      headers.set(HttpHeaders.CONTENT_ENCODING, GZIP);
    }
    return headers.copy(false);
  }

  /** Sends a text in the form that the client accepts. */
  void text(
      HttpServerRequest request, CharSequence contentType, RenderedText text, CacheRule cache) {
    boolean gzip = acceptsGzip(request);
    Buffer body = text.body(gzip);
    send(request, 200, textHeaders(contentType, body.length(), cache, gzip), body);
  }

  /** Sends headers and, unless it is a HEAD request, the body. */
  Future<Void> send(HttpServerRequest request, int status, MultiMap headers, Buffer body) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return Future.succeededFuture();
    }
    response.setStatusCode(status).headers().setAll(headers);
    if (HttpMethod.HEAD.equals(request.method())) {
      return response.end();
    }
    counters.bodyBytes.add(body.length());
    return response.end(body);
  }

  /** Sends a client elsewhere, this time. */
  void redirect(HttpServerRequest request, String to) {
    MultiMap headers = headers(PLAIN, 0, CacheRule.NO_STORE).set(HttpHeaders.LOCATION, to);
    send(request, 302, headers, Buffer.buffer());
  }

  /** Counts an answer that was not what was asked for, and that is sent by somebody else. */
  void count(int status) {
    counters.failure(status);
  }

  /** Sends a failure as one line of text that says what was expected. */
  void failure(HttpServerRequest request, Failure failure) {
    counters.failure(failure.status());
    Buffer body = Buffer.buffer(failure.message() + "\n");
    MultiMap headers = headers(PLAIN, body.length(), failure.cache());
    if (failure.status() == 503) {
      headers.set(HttpHeaders.RETRY_AFTER, "1");
    } else if (failure.status() == 405) {
      headers.set(HttpHeaders.ALLOW, METHODS);
    }
    // RFC 9113 §8.2.2: HTTP/2 has no Connection field, and one bad stream does not harm the others.
    boolean close = failure.close() && request.version() != HttpVersion.HTTP_2;
    if (close) {
      headers.set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    Future<Void> sent = send(request, failure.status(), headers, body);
    if (close) {
      sent.onComplete(done -> request.connection().close());
    }
  }

  /** Answers a CORS preflight, whatever the path: this server has nothing to hide from a page. */
  void preflight(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    response
        .setStatusCode(204)
        .headers()
        .set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, ANY)
        .set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS)
        .set(
            HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS,
            "Range, If-Range, If-None-Match, Cache-Control, Content-Type, Accept, Origin")
        .set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, "86400")
        .set(EXPOSE, EXPOSED)
        .set(HttpHeaders.ALLOW, METHODS)
        .set(HttpHeaders.CACHE_CONTROL, "public, max-age=86400")
        .set(HttpHeaders.DATE, date());
    response.end();
  }

  /** Whether gzip may be sent: named, or any, and not with quality 0 (RFC 9110 §12.5.3). */
  static boolean acceptsGzip(HttpServerRequest request) {
    String accepted = request.getHeader(HttpHeaders.ACCEPT_ENCODING);
    if (accepted == null) {
      return false;
    }
    for (String coding : accepted.split(",", 20)) {
      String[] halves = coding.split(";", 2);
      String name = halves[0].strip();
      if (name.equalsIgnoreCase("gzip") || name.equals("*")) {
        return halves.length == 1 || !halves[1].replace(" ", "").matches("q=0(\\.0*)?");
      }
    }
    return false;
  }

  private CharSequence date() {
    Instant now = wall.instant();
    if (now.getEpochSecond() != dateSecond) {
      dateSecond = now.getEpochSecond();
      date = createOptimized(HTTP_DATE.format(now));
    }
    return date;
  }
}
