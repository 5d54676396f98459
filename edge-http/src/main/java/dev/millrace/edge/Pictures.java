package dev.millrace.edge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.hls.Storyboard;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.PictureSource;
import dev.millrace.media.log.Thumbnail;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;

/**
 * Answers requests for posters, thumbnails and the storyboard that lists these. A poster is renewed
 * under its name, a thumbnail never. One event loop.
 */
final class Pictures {
  private static final CharSequence JPEG = HttpHeaders.createOptimized("image/jpeg");
  private static final CharSequence VTT = HttpHeaders.createOptimized("text/vtt; charset=utf-8");
  private static final Buffer EMPTY = Buffer.buffer();

  private final EdgeNode node;
  private final Context context;
  private final Answers answers;

  /** By identity: a picture is hashed and copied once, however many ask for it. */
  private final Cache<Picture, Rendered> rendered = Caffeine.newBuilder().weakKeys().build();

  private record Rendered(String etag, Buffer jpeg) {}

  Pictures(EdgeNode node, Context context, Answers answers) {
    this.node = node;
    this.context = context;
    this.answers = answers;
  }

  void poster(HttpServerRequest request, StreamPath path) {
    Optional<Picture> here = source().poster(path);
    if (here.isPresent() || !isKnown(path)) {
      poster(request, path, here);
      return;
    }
    node.posters()
        .of(path)
        .exceptionally(unreachable -> Optional.empty())
        .thenAccept(poster -> context.runOnContext(ignored -> poster(request, path, poster)));
  }

  private void poster(HttpServerRequest request, StreamPath path, Optional<Picture> poster) {
    if (request.response().closed()) {
      return;
    }
    poster.ifPresentOrElse(
        picture -> send(request, picture, CacheRule.POSTER),
        () -> missing(request, path, "has no poster yet"));
  }

  void thumbnail(HttpServerRequest request, Route.ThumbnailFile route) {
    source().thumbnails(route.path()).stream()
        .filter(each -> each.msn() == route.msn() && each.epoch() == route.epoch())
        .findFirst()
        .map(Thumbnail::picture)
        .ifPresentOrElse(
            picture -> send(request, picture, CacheRule.IMMUTABLE),
            () -> missing(request, route.path(), "has no such thumbnail"));
  }

  void storyboard(HttpServerRequest request, StreamPath path) {
    List<Thumbnail> thumbnails = source().thumbnails(path);
    Optional<EdgeStream> stream = node.streams().use(path);
    if (stream.isEmpty() || thumbnails.isEmpty()) {
      missing(request, path, "has no thumbnails yet");
      return;
    }
    String text = Storyboard.render(stream.get().snapshot().view(), thumbnails);
    answers.text(request, VTT, new RenderedText(text), CacheRule.SHORT);
  }

  private PictureSource source() {
    return node.sources().pictures();
  }

  private void missing(HttpServerRequest request, StreamPath path, String what) {
    answers.failure(
        request,
        Failure.notFound(
            isKnown(path)
                ? "the stream " + path + " " + what
                : "no stream " + path + " is live here"));
  }

  private boolean isKnown(StreamPath path) {
    return node.facts().isAnnounced(path) || node.sources().parts().streams().contains(path);
  }

  private void send(HttpServerRequest request, Picture picture, CacheRule cache) {
    Rendered found = rendered.get(picture, Pictures::render);
    MultiMap headers =
        answers.headers(JPEG, found.jpeg.length(), cache).set(HttpHeaders.ETAG, found.etag);
    if (found.etag.equals(request.getHeader(HttpHeaders.IF_NONE_MATCH))) {
      answers.send(request, 304, headers.remove(HttpHeaders.CONTENT_LENGTH), EMPTY);
    } else {
      answers.send(request, 200, headers, found.jpeg);
    }
  }

  private static Rendered render(Picture picture) {
    Bytes jpeg = picture.jpeg();
    return new Rendered(
        '"' + jpeg.sha256().hex().substring(0, 16) + '"', Buffer.buffer(jpeg.toArray()));
  }
}
