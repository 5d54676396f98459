package dev.millrace.edge;

import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.PartSource.NoSuchFileException;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Segment;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests for parts, segments and initialization sections. One that is announced but does
 * not exist yet is waited for, and no byte is sent before all of it is there (RFC 8216bis §6.2.6).
 * One event loop.
 */
final class MediaFiles {
  private static final Logger log = LoggerFactory.getLogger(MediaFiles.class);

  private static final CharSequence VIDEO = HttpHeaders.createOptimized("video/mp4");
  private static final CharSequence AUDIO = HttpHeaders.createOptimized("audio/mp4");
  private static final CharSequence BYTES = HttpHeaders.createOptimized("bytes");
  private static final Buffer EMPTY = Buffer.buffer();

  private final EdgeNode node;
  private final Context context;
  private final Answers answers;
  private final Map<MediaCache.Key, Waiting> waiting = new HashMap<>();

  MediaFiles(EdgeNode node, Context context, Answers answers) {
    this.node = node;
    this.context = context;
    this.answers = answers;
  }

  void serve(HttpServerRequest request, Route.MediaFile route) {
    Optional<RenditionView> rendition =
        node.streams()
            .use(route.path())
            .flatMap(stream -> stream.snapshot().view().rendition(route.rendition()));
    CharSequence type = contentType(route, rendition);
    MediaCache.Key key = new MediaCache.Key(route.path(), route.rendition(), route.name());
    MediaBytes present = node.media().get(key);
    if (present == null && route.name() instanceof FileName.Segment name && rendition.isPresent()) {
      join(key, name, rendition.get());
      present = node.media().get(key);
    }
    if (present != null) {
      send(request, present, type, key);
      present.release();
      return;
    }
    Waiting known = waiting.get(key);
    Waiting group = known == null ? new Waiting(key, type) : known;
    if (!group.hold(request)) {
      return;
    }
    if (known == null) {
      waiting.put(key, group);
      node.media().fetch(key, group::receive);
    }
  }

  /** Ends waits that took too long. */
  void tick() {
    long now = node.nanoTime().getAsLong();
    List.copyOf(waiting.values()).forEach(group -> group.expire(now));
  }

  /** Answers everybody who still waits: the server stops. */
  void close() {
    List.copyOf(waiting.values())
        .forEach(group -> group.fail(Failure.unavailable("the server is stopping")));
  }

  private static CharSequence contentType(
      Route.MediaFile route, Optional<RenditionView> rendition) {
    boolean audio =
        rendition
            .map(found -> found.description().type() == MediaType.AUDIO)
            .orElseGet(() -> route.rendition().startsWith("audio"));
    return audio ? AUDIO : VIDEO;
  }

  /** Players of whole segments and of parts share one copy, where the parts are still here. */
  private void join(MediaCache.Key key, FileName.Segment name, RenditionView rendition) {
    rendition.completeSegments().stream()
        .filter(segment -> segment.fileName().equals(name) && !segment.gap())
        .findFirst()
        .map(Segment::parts)
        .ifPresent(
            parts ->
                node.media()
                    .join(
                        key,
                        parts.stream()
                            .map(part -> key.sibling(new FileName.Part(part.position())))
                            .toList()));
  }

  /** Borrows the bytes and takes its own count until the last of them has left. */
  private void send(
      HttpServerRequest request, MediaBytes bytes, CharSequence type, MediaCache.Key key) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed() || !bytes.tryRetain()) {
      return;
    }
    String etag = '"' + key.name().toString() + '"';
    if (etag.equals(request.getHeader(HttpHeaders.IF_NONE_MATCH))) {
      MultiMap headers = headers(type, 0, etag).remove(HttpHeaders.CONTENT_LENGTH);
      answers.send(request, 304, headers, EMPTY);
      bytes.release();
      return;
    }
    switch (range(request, etag, bytes.length())) {
      case ByteRange.Whole ignored -> {
        response.headers().setAll(headers(type, bytes.length(), etag));
        body(request, bytes, 0, bytes.length());
      }
      case ByteRange.Part part -> {
        MultiMap headers =
            headers(type, part.length(), etag)
                .set(
                    HttpHeaders.CONTENT_RANGE,
                    "bytes " + part.first() + "-" + part.last() + "/" + bytes.length());
        response.setStatusCode(206).headers().setAll(headers);
        body(request, bytes, part.first(), part.length());
      }
      case ByteRange.Unsatisfiable ignored -> {
        MultiMap headers =
            answers
                .headers(Answers.PLAIN, 0, CacheRule.SHORT)
                .set(HttpHeaders.CONTENT_RANGE, "bytes */" + bytes.length());
        answers.send(request, 416, headers, EMPTY);
        bytes.release();
      }
    }
  }

  private static ByteRange range(HttpServerRequest request, String etag, int length) {
    String range = request.getHeader("Range");
    String condition = request.getHeader("If-Range");
    return range == null || (condition != null && !condition.equals(etag))
        ? new ByteRange.Whole()
        : ByteRange.parse(range, length);
  }

  private MultiMap headers(CharSequence type, int length, String etag) {
    return answers
        .headers(type, length, CacheRule.IMMUTABLE)
        .set(HttpHeaders.ACCEPT_RANGES, BYTES)
        .set(HttpHeaders.ETAG, etag);
  }

  /** Takes a count of the bytes. */
  private void body(HttpServerRequest request, MediaBytes bytes, int from, int size) {
    HttpServerResponse response = request.response();
    node.counters().mediaFiles.increment();
    if (!HttpMethod.HEAD.equals(request.method())) {
      node.counters().bodyBytes.add(size);
    }
    try {
      (HttpMethod.HEAD.equals(request.method())
              ? response.end()
              : bytes.endResponse(response, from, size))
          .onComplete(sent -> bytes.release());
    } catch (RuntimeException e) {
      bytes.release();
      throw e;
    }
  }

  /** Those on this event loop who wait for the same bytes. */
  private final class Waiting {
    private final MediaCache.Key key;
    private final CharSequence type;
    private final long deadlineNanos =
        node.nanoTime().getAsLong() + node.config().maxWait().toNanos();
    private final Set<HttpServerRequest> requests = new LinkedHashSet<>();

    Waiting(MediaCache.Key key, CharSequence type) {
      this.key = key;
      this.type = type;
    }

    /** False if there are too many already; the request has been answered then. */
    boolean hold(HttpServerRequest request) {
      if (!node.held().tryEnter()) {
        answers.failure(request, Failure.unavailable("too many requests are waiting, try again"));
        return false;
      }
      requests.add(request);
      request.response().exceptionHandler(gone -> forget(request));
      request.response().closeHandler(gone -> forget(request));
      return true;
    }

    /** On the caller's or the source's thread; takes a count of the bytes. */
    void receive(@Nullable MediaBytes bytes, @Nullable Throwable failure) {
      try {
        context.runOnContext(ignored -> answer(bytes, failure));
      } catch (RejectedExecutionException e) {
        // The event loops have ended, and the requests with them.
        if (bytes != null) {
          bytes.release();
        }
      }
    }

    private void answer(@Nullable MediaBytes bytes, @Nullable Throwable failure) {
      if (bytes != null) {
        leave().forEach(request -> send(request, bytes, type, key));
        bytes.release();
      } else {
        fail(failureOf(failure));
      }
    }

    void expire(long nowNanos) {
      if (deadlineNanos - nowNanos <= 0) {
        fail(Failure.unavailable("what was asked for did not come in time, try again"));
      }
    }

    void fail(Failure failure) {
      leave().forEach(request -> answers.failure(request, failure));
    }

    private Set<HttpServerRequest> leave() {
      waiting.remove(key, this);
      Set<HttpServerRequest> all = new LinkedHashSet<>(requests);
      requests.clear();
      node.held().leave(all.size());
      return all;
    }

    private void forget(HttpServerRequest request) {
      if (requests.remove(request)) {
        node.held().leave(1);
      }
    }

    /** Whether the playlist promises it: whoever had it may be gone for a moment. */
    private boolean isDue() {
      Optional<EdgeStream> stream = node.streams().known(key.path());
      return stream.isEmpty()
          ? node.facts().isAnnounced(key.path()) && !node.facts().isPublishedHere(key.path())
          : Listed.contains(stream.get().snapshot().view(), key.rendition(), key.name());
    }

    private Failure failureOf(@Nullable Throwable failure) {
      if (failure instanceof NoSuchFileException && isDue()) {
        return Failure.unavailable("what was asked for is nowhere to be had now, try again");
      }
      if (failure instanceof NoSuchFileException) {
        return Failure.notFound("there is no " + key.name() + " in " + key.path());
      }
      log.warn("{} of {}: the source failed", key.name(), key.path(), failure);
      return Failure.unavailable("the source failed, try again");
    }
  }
}
