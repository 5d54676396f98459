package dev.millrace.server.internal;

import dev.millrace.media.ProtocolException;
import dev.millrace.media.log.http.LogAddress;
import dev.millrace.media.log.http.ReadAddress;
import dev.millrace.origin.http.ReadEndpoint;
import dev.millrace.origin.http.ReadSource;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What an edge answers relays of sites: logs, bytes and posters; {@code GET site}, the news; {@code
 * POST site/report}, what a relay says of itself. Reads only; each site has its limits.
 */
public final class SiteRoute implements InternalRoute {
  /** Of the news. */
  public static final String NEWS = LogAddress.ROOT + "site";

  /** Of a relay's reports. */
  public static final String REPORT = LogAddress.ROOT + "site/report";

  private static final int MAX_REPORT_BYTES = 16 * 1024;

  private final Desk desk;
  private final Map<String, ReadEndpoint> endpoints = new HashMap<>();

  /** What the edge knows of sites. Called on event loops; must not block. */
  public interface Desk {
    /** The site whose token this Authorization header has. */
    Optional<String> siteOf(String authorization);

    /**
     * Whether a site may ask now; {@link #end} follows then.
     *
     * @param media whether for the bytes of a file or a picture
     */
    boolean begin(String site, boolean media);

    /** So many bytes more are sent to a site; below 0: fewer than was said. */
    void sent(String site, long bytes);

    /** A site's request is over. */
    void end(String site);

    /** What a site is told, as text. */
    String news(String site);

    /**
     * A relay's report.
     *
     * @return what it is told, as text
     * @throws ProtocolException if the report is not one
     */
    String report(String site, String text);
  }

  /**
   * @param sources what the relays of each site read
   */
  public SiteRoute(Desk desk, Map<String, ? extends ReadSource> sources) {
    this.desk = desk;
    sources.forEach((site, source) -> endpoints.put(site, new ReadEndpoint(source)));
  }

  @Override
  public boolean answer(Context context, HttpServerRequest request, String path) {
    String authorization = String.valueOf(request.getHeader(HttpHeaders.AUTHORIZATION));
    Optional<String> site = desk.siteOf(authorization);
    if (site.isEmpty()) {
      return false;
    }
    Optional<ReadAddress> address = ReadAddress.parse(path);
    if (!desk.begin(site.get(), address.filter(SiteRoute::isMedia).isPresent())) {
      Refusal.send(request, 503, "the relays of site " + site.get() + " ask for too much");
      return true;
    }
    Charge.begin(
        context,
        request.response(),
        address.filter(ReadAddress.Log.class::isInstance).isPresent(),
        bytes -> desk.sent(site.get(), bytes),
        () -> desk.end(site.get()));
    if (path.equals(NEWS)) {
      ifMethod(request, HttpMethod.GET, () -> send(request, desk.news(site.get())));
    } else if (path.equals(REPORT)) {
      ifMethod(request, HttpMethod.POST, () -> report(request, site.get()));
    } else {
      ReadEndpoint endpoint = Objects.requireNonNull(endpoints.get(site.get()));
      address.ifPresentOrElse(
          found -> endpoint.handle(context, request, found),
          () -> Refusal.send(request, 404, "there is nothing for sites at this address"));
    }
    return true;
  }

  private static boolean isMedia(ReadAddress address) {
    return address instanceof ReadAddress.File || address instanceof ReadAddress.Poster;
  }

  private static void ifMethod(HttpServerRequest request, HttpMethod method, Runnable answer) {
    if (method.equals(request.method())) {
      answer.run();
    } else {
      Refusal.send(request, 405, "this address takes " + method);
    }
  }

  private void report(HttpServerRequest request, String site) {
    body(
        request,
        text -> {
          try {
            send(request, desk.report(site, text));
          } catch (ProtocolException e) {
            Refusal.send(request, 400, String.valueOf(e.getMessage()));
          }
        });
  }

  private static void body(HttpServerRequest request, Consumer<String> then) {
    Buffer body = Buffer.buffer();
    request.handler(
        chunk -> {
          if (body.length() + chunk.length() > MAX_REPORT_BYTES) {
            request.handler(rest -> {}).endHandler(end -> {});
            Refusal.send(request, 413, "a report has at most " + MAX_REPORT_BYTES + " bytes");
          } else {
            body.appendBuffer(chunk);
          }
        });
    request.endHandler(end -> then.accept(body.toString(StandardCharsets.UTF_8)));
  }

  private static void send(HttpServerRequest request, String text) {
    request.response().putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8").end(text);
  }
}
