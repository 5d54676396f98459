package dev.millrace.origin.http;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.PartSource.Following;
import dev.millrace.media.log.http.LogStreamWriter;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream's log on its way to one reader: the window, its mark, and what is new, or a heartbeat
 * where there is nothing. What {@link LogWatcher} has comes on the source's thread; all else runs
 * on the connection's event loop.
 *
 * <p>A stream that nobody has opened yet is waited for, a while. A reader that takes less than is
 * written is given up: it comes back and reads the window anew, which costs less than keeping for
 * it what it did not take.
 */
final class LogResponse implements LogWatcher {
  private static final Logger log = LoggerFactory.getLogger(LogResponse.class);

  private static final long HEARTBEAT_MS = 250;

  /** How many heartbeats an unknown stream is waited for. */
  private static final int MAX_BEATS_WITHOUT_STREAM = 40;

  /** What may wait in the socket's queue, beside one batch. */
  private static final int WRITE_QUEUE_BYTES = 256 * 1024;

  /** Records that are there at once go out in one write, up to this. */
  private static final int BATCH_BYTES = 64 * 1024;

  /** Who is that far behind gets no pictures. */
  private static final int MAX_WAITING_WITH_PICTURES = 200;

  private final ReadSource source;
  private final StreamPath path;
  private final Context context;
  private final HttpServerRequest request;
  private final HttpServerResponse response;

  /** New records that the reader may be behind. */
  private final int maxWaiting;

  /** Records, and empty for the end of the window. */
  private final Queue<Optional<LogRecord>> waiting = new ConcurrentLinkedQueue<>();

  private final AtomicInteger waits = new AtomicInteger();
  private final AtomicBoolean signalled = new AtomicBoolean();

  /** Volatile: raised on the writer's thread, read on the loop. */
  private volatile boolean tooFarBehind;

  /** Volatile for the same reason; the window may be as long as it is. */
  private volatile boolean windowRead;

  private Following following = () -> {};
  private boolean opened;
  private boolean wrote;
  private int beatsWithoutStream;
  private long timer;
  private boolean over;

  private LogResponse(
      ReadSource source,
      StreamPath path,
      Context context,
      HttpServerRequest request,
      int maxWaiting) {
    this.source = source;
    this.path = path;
    this.context = context;
    this.request = request;
    this.response = request.response();
    this.maxWaiting = maxWaiting;
  }

  /** Begins to send. */
  static void start(
      ReadSource source,
      StreamPath path,
      Context context,
      HttpServerRequest request,
      int maxWaiting) {
    new LogResponse(source, path, context, request, maxWaiting).begin();
  }

  private void begin() {
    response
        .setChunked(true)
        .setWriteQueueMaxSize(WRITE_QUEUE_BYTES)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .exceptionHandler(gone -> close("the connection broke"))
        .closeHandler(gone -> close("the reader left"))
        .drainHandler(drained -> pump());
    following = source.watch(path, this);
    timer = context.owner().setPeriodic(HEARTBEAT_MS, beat -> beat());
    pump();
  }

  /** On the source's thread; what it has now: on the loop, from within {@link #begin}. */
  @Override
  public void windowComplete() {
    windowRead = true;
    waits.incrementAndGet();
    arrived(Optional.empty());
  }

  @Override
  public void gone(String reason) {
    try {
      context.runOnContext(
          ignored -> {
            close(reason);
            request.connection().close();
          });
    } catch (RejectedExecutionException e) {
      // The event loops have ended, and the connection with them.
    }
  }

  @Override
  public void record(LogRecord record) {
    int behind = waits.incrementAndGet();
    if (windowRead) {
      if (behind > maxWaiting) {
        tooFarBehind = true;
        return;
      }
      if (record instanceof LogRecord.Pictured && behind > MAX_WAITING_WITH_PICTURES) {
        waits.decrementAndGet();
        return;
      }
    }
    arrived(Optional.of(record));
  }

  private void arrived(Optional<LogRecord> record) {
    waiting.add(record);
    if (signalled.compareAndSet(false, true)) {
      try {
        context.runOnContext(ignored -> pump());
      } catch (RejectedExecutionException e) {
        // The event loops have ended, and the connection with them.
      }
    }
  }

  private void pump() {
    signalled.set(false);
    if (tooFarBehind) {
      giveUp();
      return;
    }
    while (!over && !response.writeQueueFull()) {
      Buffer batch = batch();
      if (batch.length() == 0) {
        return;
      }
      wrote = true;
      response.write(batch);
    }
  }

  private Buffer batch() {
    Buffer batch = Buffer.buffer();
    while (batch.length() < BATCH_BYTES) {
      Optional<LogRecord> next = waiting.poll();
      if (next == null) {
        break;
      }
      waits.decrementAndGet();
      opened |= next.isPresent();
      append(batch, next.map(LogStreamWriter::write).orElse(LogStreamWriter.WINDOW));
    }
    return batch;
  }

  private static void append(Buffer batch, Bytes bytes) {
    batch.appendBytes(bytes.toArray());
  }

  private void beat() {
    if (tooFarBehind) {
      giveUp();
    } else if (opened
        ? !source.isReadable(path)
        : ++beatsWithoutStream > MAX_BEATS_WITHOUT_STREAM) {
      close(opened ? "the presentation is gone" : "there is no such stream");
      response.end();
    } else if (!wrote && !response.writeQueueFull()) {
      write(LogStreamWriter.ALIVE);
    }
    wrote = false;
  }

  private void write(Bytes line) {
    wrote = true;
    response.write(Buffer.buffer(line.toArray()));
  }

  private void giveUp() {
    close("it is " + maxWaiting + " records behind");
    request.connection().close();
  }

  private void close(String reason) {
    if (!over) {
      over = true;
      following.close();
      context.owner().cancelTimer(timer);
      waiting.clear();
      log.atDebug()
          .addKeyValue("stream", path)
          .addKeyValue("reader", request.remoteAddress())
          .addKeyValue("reason", reason)
          .log("log closed");
    }
  }
}
