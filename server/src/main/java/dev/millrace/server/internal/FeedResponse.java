package dev.millrace.server.internal;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.FeedWriter;
import dev.millrace.transcoder.feed.FeedHub;
import dev.millrace.transcoder.feed.FeedSubscription;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One feed on its way to one client. Records are taken from the hub only while the socket takes
 * bytes; what a slow client cannot take stays in the hub's queue, which is bounded. All methods run
 * on the connection's event loop.
 */
final class FeedResponse {
  private static final Logger log = LoggerFactory.getLogger(FeedResponse.class);

  /** What may wait in the socket's queue, beside one batch. */
  private static final int WRITE_QUEUE_BYTES = 256 * 1024;

  /** Records that are there at once go out in one write, up to this. */
  private static final int BATCH_BYTES = 64 * 1024;

  private final StreamPath path;
  private final Context context;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final FeedWriter writer = new FeedWriter();
  private final FeedSubscription subscription;
  private long sentBytes;
  private boolean over;

  private FeedResponse(StreamPath path, Context context, HttpServerRequest request, FeedHub hub) {
    this.path = path;
    this.context = context;
    this.request = request;
    this.response = request.response();
    this.subscription = hub.subscribe(this::arrived);
  }

  /** Begins to send. */
  static void start(StreamPath path, Context context, HttpServerRequest request, FeedHub hub) {
    new FeedResponse(path, context, request, hub).begin();
  }

  private void begin() {
    log.atInfo().addKeyValue("stream", path).log("feed opened");
    response
        .setChunked(true)
        .setWriteQueueMaxSize(WRITE_QUEUE_BYTES)
        .putHeader(HttpHeaders.CONTENT_TYPE, "video/x-flv")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
        .exceptionHandler(gone -> close("the connection broke"))
        .closeHandler(gone -> close("the client left"))
        .drainHandler(drained -> pump());
    write(Buffer.buffer(FeedWriter.header().toArray()));
    pump();
  }

  /** On the packager's thread. */
  private void arrived() {
    try {
      context.runOnContext(ignored -> pump());
    } catch (RejectedExecutionException e) {
      // The event loops have ended, and the connection with them.
    }
  }

  private void pump() {
    try {
      while (!over && !response.writeQueueFull()) {
        Buffer batch = batch();
        if (batch.length() > 0) {
          write(batch);
        } else if (subscription.finished()) {
          finish();
        } else {
          return;
        }
      }
    } catch (ProtocolException | IllegalArgumentException e) {
      log.atError().addKeyValue("stream", path).setCause(e).log("a record does not fit a feed");
      close("the server failed");
      request.connection().close();
    }
  }

  private Buffer batch() {
    Buffer batch = Buffer.buffer();
    while (batch.length() < BATCH_BYTES) {
      Optional<FeedRecord> record = subscription.poll();
      if (record.isEmpty()) {
        break;
      }
      Bytes tags = writer.write(record.get());
      batch.appendBytes(tags.toArray());
    }
    return batch;
  }

  private void write(Buffer buffer) {
    sentBytes += buffer.length();
    response.write(buffer);
  }

  private void finish() {
    close("the presentation ended");
    response.end().onComplete(sent -> request.connection().close());
  }

  private void close(String reason) {
    if (!over) {
      over = true;
      long dropped = subscription.droppedFrames();
      subscription.close();
      log.atInfo()
          .addKeyValue("stream", path)
          .addKeyValue("reason", reason)
          .log("feed closed: {} bytes sent, {} frames dropped", sentBytes, dropped);
    }
  }
}
