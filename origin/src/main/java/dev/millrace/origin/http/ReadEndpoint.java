package dev.millrace.origin.http;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.PartSource.NoSuchFileException;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.http.LogHeaders;
import dev.millrace.media.log.http.ReadAddress;
import io.netty.buffer.Unpooled;
import io.vertx.core.Context;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * Answers other nodes that read from this one: logs, and bytes by name. Whoever calls it has
 * checked who asks. Requests are handled on their event loop; the source is called there too, since
 * reading it never waits.
 */
public final class ReadEndpoint {
  /** Beyond the longest part; who asked asks again. */
  private static final long HOLD_MS = 8_000;

  /** New records that a reader of a log may be behind: minutes of a stream. */
  private static final int MAX_WAITING = 4_000;

  private final ReadSource source;
  private final int maxWaiting;

  /** Reads from this source. */
  public ReadEndpoint(ReadSource source) {
    this(source, MAX_WAITING);
  }

  /**
   * @param maxWaiting a reader of a log that is more records behind is given up
   */
  ReadEndpoint(ReadSource source, int maxWaiting) {
    this.source = source;
    this.maxWaiting = maxWaiting;
  }

  /**
   * Answers a request for one of the addresses; on its event loop.
   *
   * @param context of that event loop
   */
  public void handle(Context context, HttpServerRequest request, ReadAddress address) {
    if (!HttpMethod.GET.equals(request.method())) {
      refuse(request, 405, "this address is read by GET");
      return;
    }
    switch (address) {
      case ReadAddress.Log log ->
          LogResponse.start(source, log.path(), context, request, maxWaiting);
      case ReadAddress.File file -> file(context, request, file);
      case ReadAddress.Poster poster ->
          source
              .poster(poster.path())
              .ifPresentOrElse(
                  picture -> send(request, picture),
                  () -> refuse(request, 404, "there is no poster"));
      case ReadAddress.Streams ignored ->
          request
              .response()
              .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
              .end(
                  source.streams().stream()
                      .map(StreamPath::toString)
                      .collect(Collectors.joining("\n", "", "\n")));
    }
  }

  private void file(Context context, HttpServerRequest request, ReadAddress.File file) {
    AtomicBoolean answered = new AtomicBoolean();
    long timer =
        context
            .owner()
            .setTimer(
                HOLD_MS,
                late -> {
                  if (answered.compareAndSet(false, true)) {
                    refuse(request, 503, "it did not come in " + HOLD_MS + " ms");
                  }
                });
    source
        .bytes(file.path(), file.rendition(), file.file())
        .whenComplete(
            (bytes, failure) -> {
              if (answered.compareAndSet(false, true)) {
                context.owner().cancelTimer(timer);
                onLoop(context, () -> answer(request, bytes, failure));
              }
            });
  }

  /** Parts come on their writer's thread, what exists already on the loop itself. */
  private static void onLoop(Context context, Runnable answer) {
    try {
      context.runOnContext(ignored -> answer.run());
    } catch (RejectedExecutionException e) {
      // The event loops have ended, and the request with them.
    }
  }

  @SuppressWarnings("NullAway") // One of bytes and failure is there, by the contract of a stage.
  private static void answer(HttpServerRequest request, Bytes bytes, Throwable failure) {
    HttpServerResponse response = request.response();
    if (response.closed() || response.ended()) {
      return;
    }
    if (failure != null) {
      boolean missing = failure instanceof NoSuchFileException;
      refuse(
          request,
          missing ? 404 : 503,
          missing ? "there is no such file, and it will not come" : failure.toString());
      return;
    }
    response.putHeader(HttpHeaders.CONTENT_TYPE, "application/octet-stream");
    send(response, bytes);
  }

  private static void send(HttpServerRequest request, Picture picture) {
    HttpServerResponse response = request.response();
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, "image/jpeg")
        .putHeader(LogHeaders.PICTURE, LogHeaders.poster(0, picture.width(), picture.height()));
    send(response, picture.jpeg());
  }

  private static void send(HttpServerResponse response, Bytes bytes) {
    response
        .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(bytes.length()))
        .end(BufferInternal.buffer(Unpooled.wrappedBuffer(bytes.asByteBuffer())));
  }

  private static void refuse(HttpServerRequest request, int status, String text) {
    HttpServerResponse response = request.response();
    if (!response.closed() && !response.ended()) {
      response
          .setStatusCode(status)
          .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
          .end(text);
    }
  }
}
