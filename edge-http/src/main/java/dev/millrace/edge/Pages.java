package dev.millrace.edge;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests for pages and assets, and says on a page what is not there. One event loop. */
final class Pages {
  private static final Logger log = LoggerFactory.getLogger(Pages.class);

  private static final CharSequence M3U = HttpHeaders.createOptimized("audio/x-mpegurl");
  private static final CharSequence SDP = HttpHeaders.createOptimized("application/sdp");

  private static final String NOT_FOUND =
      """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><title>Not found – Millrace</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <style>body{font:1.1rem/1.6 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem}</style>
      </head><body><h1>Nothing here</h1>
      <p>There is no page at this address. The streams of this server are listed on the
      <a href="/">first page</a>; one of them is watched at <code>/watch/APP/NAME</code>.</p>
      </body></html>
      """;

  private final Vertx vertx;
  private final WebFiles files;
  private final Answers answers;

  Pages(Vertx vertx, WebFiles files, Answers answers) {
    this.vertx = vertx;
    this.files = files;
    this.answers = answers;
  }

  /** Answers with a file below {@code web/}. */
  void serve(HttpServerRequest request, String name) {
    WebFiles.Lookup known = files.known(name);
    if (known != null) {
      answer(request, known);
      return;
    }
    vertx
        .executeBlocking(() -> files.load(name), false)
        .onComplete(
            loaded -> {
              if (loaded.succeeded()) {
                answer(request, loaded.result());
              } else {
                log.error("cannot read page {}", name, loaded.cause());
                answers.failure(request, Failure.broken());
              }
            });
  }

  /** A page for people, a line for programs. */
  void notFound(HttpServerRequest request, String reason) {
    String accept = request.getHeader(HttpHeaders.ACCEPT);
    if (accept == null || !accept.contains("text/html")) {
      answers.failure(request, Failure.notFound(reason));
      return;
    }
    Buffer body = Buffer.buffer(NOT_FOUND);
    MultiMap headers = answers.headers(Answers.HTML, body.length(), CacheRule.SHORT);
    answers.send(request, 404, headers, body);
  }

  /** The channels of a relay, for players. */
  void iptvPlaylist(HttpServerRequest request, EdgeRelay relay) {
    text(request, M3U, relay.playlist().get());
  }

  /** The channels that a relay receives, for players that take them by HTTP. */
  void iptvReceived(HttpServerRequest request, List<EdgeRelay.Channel> channels) {
    String here = request.scheme() + "://" + request.authority();
    StringBuilder list = new StringBuilder("#EXTM3U\n");
    for (EdgeRelay.Channel each : channels) {
      list.append("#EXTINF:-1 tvg-id=\"%1$s\",%1$s\n".formatted(each.name()))
          .append("%s/iptv/%s.ts\n".formatted(here, each.name()));
    }
    text(request, M3U, list.toString());
  }

  /** A channel of a relay as SDP. */
  void iptvDescription(HttpServerRequest request, EdgeRelay relay, String name) {
    relay
        .description()
        .apply(name)
        .ifPresentOrElse(
            sdp -> text(request, SDP, sdp), () -> notFound(request, "there is no such channel"));
  }

  private void text(HttpServerRequest request, CharSequence type, String text) {
    Buffer body = Buffer.buffer(text);
    answers.send(request, 200, answers.headers(type, body.length(), CacheRule.NO_STORE), body);
  }

  private void answer(HttpServerRequest request, WebFiles.Lookup looked) {
    switch (looked) {
      case WebFiles.Lookup.Missing ignored -> notFound(request, "there is no such page");
      case WebFiles.Lookup.Found file -> {
        boolean gzip = Answers.acceptsGzip(request);
        Buffer body = file.content().body(gzip);
        MultiMap headers =
            answers
                .textHeaders(file.contentType(), body.length(), file.cache(), gzip)
                .copy(true)
                .set(HttpHeaders.ETAG, file.etag());
        if (file.etag().equals(request.getHeader(HttpHeaders.IF_NONE_MATCH))) {
          answers.send(request, 304, headers.remove(HttpHeaders.CONTENT_LENGTH), Buffer.buffer());
        } else {
          answers.send(request, 200, headers, body);
        }
      }
    }
  }
}
