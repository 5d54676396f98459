package dev.millrace.edge;

import dev.millrace.media.Bytes;
import dev.millrace.media.ts.TsEntry;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/** Channels of IPTV as endless answers, and their packets once more. One event loop. */
final class TransportStreamPage {
  private static final CharSequence MP2T = HttpHeaders.createOptimized("video/mp2t");
  private static final CharSequence OCTETS =
      HttpHeaders.createOptimized("application/octet-stream");

  /** For who goes on with what it has had from elsewhere: {@code ?join=anywhere}. */
  private static final String ANYWHERE = "anywhere";

  /** Between two writes; a datagram each would cost a system call each. */
  private static final long WRITE_MS = 20;

  /** What may wait for a client that does not read: some seconds. Then it is cut off. */
  private static final int MAX_QUEUED_BYTES = 4 << 20;

  private final EdgeNode node;
  private final Vertx vertx;
  private final Answers answers;

  TransportStreamPage(EdgeNode node, Vertx vertx, Answers answers) {
    this.node = node;
    this.vertx = vertx;
    this.answers = answers;
  }

  /** Answers with a channel that is sent or received here. */
  void channel(HttpServerRequest request, String name) {
    stream(request, viewer -> transport().watch(name, viewer));
  }

  /** Answers with a group. */
  void group(HttpServerRequest request, Route.IptvGroup group) {
    stream(request, viewer -> transport().watchGroup(group.rtp(), group.group(), viewer));
  }

  private TransportStreams transport() {
    return node.sources().relay().transport();
  }

  private void stream(
      HttpServerRequest request, Function<Consumer<Bytes>, Optional<Runnable>> watch) {
    Watching watching = new Watching(request);
    Consumer<Bytes> viewer =
        ANYWHERE.equals(parameter(request, "join")) ? watching : entering(watching);
    Optional<Runnable> end;
    try {
      end = watch.apply(viewer);
    } catch (IllegalArgumentException e) {
      answers.failure(request, Failure.badRequest(String.valueOf(e.getMessage())));
      return;
    }
    if (end.isEmpty()) {
      answers.failure(request, Failure.notFound("there is no such channel here"));
      return;
    }
    if (HttpMethod.HEAD.equals(request.method())) {
      end.get().run();
    }
    watching.begin(end.get());
  }

  /** A player would show what it cannot decode, or nothing, up to the first key frame. */
  private static Consumer<Bytes> entering(Consumer<Bytes> viewer) {
    TsEntry entry = new TsEntry();
    return packets -> {
      Bytes given = entry.take(packets);
      if (!given.isEmpty()) {
        viewer.accept(given);
      }
    };
  }

  /** Answers with packets once more. */
  void repair(HttpServerRequest request, String name) {
    try {
      Optional<Bytes> packets =
          transport()
              .repair(
                  name,
                  request.remoteAddress().hostAddress(),
                  Long.parseLong(parameter(request, "ssrc")),
                  Integer.parseInt(parameter(request, "from")),
                  Integer.parseInt(parameter(request, "count")));
      if (packets.isEmpty()) {
        answers.failure(
            request,
            new Failure(429, "more packets than a receiver's share", CacheRule.NO_STORE, false));
        return;
      }
      Buffer body = Buffer.buffer(packets.get().toArray());
      answers.send(request, 200, answers.headers(OCTETS, body.length(), CacheRule.NO_STORE), body);
    } catch (NoSuchElementException e) {
      answers.failure(request, Failure.notFound(String.valueOf(e.getMessage())));
    } catch (IllegalArgumentException e) {
      answers.failure(
          request,
          Failure.badRequest(
              "expected ssrc, from (0 to 65535) and count (1 to 200): " + e.getMessage()));
    }
  }

  private static String parameter(HttpServerRequest request, String name) {
    String value = request.getParam(name);
    return value == null ? "" : value;
  }

  /** One client. It is given packets on any thread, and written to on the loop. */
  private final class Watching implements Consumer<Bytes> {
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Queue<Bytes> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queuedBytes = new AtomicInteger();
    private Runnable end = () -> {};
    private boolean over;
    private boolean writes;

    Watching(HttpServerRequest request) {
      this.request = request;
      this.response = request.response();
    }

    void begin(Runnable ending) {
      end = ending;
      MultiMap headers = answers.headers(MP2T, 0, CacheRule.NO_STORE);
      response.headers().setAll(headers.remove(HttpHeaders.CONTENT_LENGTH));
      answers.count(200);
      if (HttpMethod.HEAD.equals(request.method())) {
        var _ = response.end();
        return;
      }
      response.setChunked(true);
      response.closeHandler(closed -> close());
      response.exceptionHandler(failure -> close());
      var _ = response.writeHead();
      schedule();
    }

    @Override
    public void accept(Bytes packets) {
      if (queuedBytes.get() <= MAX_QUEUED_BYTES) {
        queuedBytes.addAndGet(packets.length());
        queue.add(packets);
      }
    }

    private void schedule() {
      if (!over && !writes) {
        writes = true;
        vertx.setTimer(WRITE_MS, fired -> write());
      }
    }

    private void write() {
      writes = false;
      if (over) {
        return;
      }
      if (queuedBytes.get() > MAX_QUEUED_BYTES) {
        close();
        var _ = request.connection().close();
        return;
      }
      if (!response.writeQueueFull()) {
        Buffer buffer = Buffer.buffer();
        for (Bytes next = queue.poll(); next != null; next = queue.poll()) {
          queuedBytes.addAndGet(-next.length());
          buffer.appendBytes(next.toArray());
        }
        if (buffer.length() > 0) {
          var _ = response.write(buffer);
        }
      }
      schedule();
    }

    private void close() {
      if (!over) {
        over = true;
        end.run();
        queue.clear();
      }
    }
  }
}
