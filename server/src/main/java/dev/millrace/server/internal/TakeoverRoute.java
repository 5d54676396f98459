package dev.millrace.server.internal;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.http.LogAddress;
import dev.millrace.server.cluster.LogEnds;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * How a stream goes from one ingest node to another without a loss (ADR 19).
 *
 * <p>{@code POST takeover/prepare}, a path a line: a node that drains asks where its publishers are
 * going to for copies of their streams; answered when they are there or do not come in time. {@code
 * POST takeover/stop}, a line {@code PATH EPOCH}: the node that has the publisher now, with the
 * epoch of its session, asks the one before it to put out what it has and to stop; answered by
 * {@link LogEnds}, or 409 where that node has a newer session or nothing.
 */
public final class TakeoverRoute implements InternalRoute {
  /** Where copies are asked for. */
  public static final String PREPARE = LogAddress.ROOT + "takeover/prepare";

  /** Where the last parts are asked for. */
  public static final String STOP = LogAddress.ROOT + "takeover/stop";

  private static final int MAX_BODY_BYTES = 1024 * 1024;

  private final Takeovers takeovers;
  private final ExecutorService tasks =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("takeover-", 0).factory());

  /** What the node does. Called on virtual threads; may block for some seconds. */
  public interface Takeovers {
    /** Gets copies of these, which will be published here soon. */
    void prepare(List<StreamPath> paths);

    /** Stops writing a stream that has a session of this epoch elsewhere; where its log ends. */
    Optional<LogEnds> stop(StreamPath path, long epoch);
  }

  public TakeoverRoute(Takeovers takeovers) {
    this.takeovers = takeovers;
  }

  @Override
  public boolean answer(Context context, HttpServerRequest request, String path) {
    Function<String, Optional<String>> action;
    switch (path) {
      case PREPARE -> action = this::prepare;
      case STOP -> action = this::stop;
      default -> {
        return false;
      }
    }
    if (HttpMethod.POST.equals(request.method())) {
      withBody(request, body -> run(context, request, action, body));
    } else {
      Refusal.send(request, 405, "this address takes POST");
    }
    return true;
  }

  private Optional<String> prepare(String body) {
    takeovers.prepare(body.lines().map(StreamPath::parse).toList());
    return Optional.of("");
  }

  private Optional<String> stop(String body) {
    String[] words = body.strip().split(" ", -1);
    if (words.length != 2) {
      throw new IllegalArgumentException("expected PATH EPOCH");
    }
    return takeovers
        .stop(StreamPath.parse(words[0]), Long.parseLong(words[1]))
        .map(LogEnds::toText);
  }

  private static void withBody(HttpServerRequest request, Consumer<String> then) {
    Buffer body = Buffer.buffer();
    request.handler(
        chunk -> {
          if (body.length() + chunk.length() > MAX_BODY_BYTES) {
            request.handler(rest -> {}).endHandler(end -> {});
            Refusal.send(request, 413, "the body is longer than " + MAX_BODY_BYTES + " bytes");
          } else {
            body.appendBuffer(chunk);
          }
        });
    request.endHandler(end -> then.accept(body.toString()));
  }

  private void run(
      Context context,
      HttpServerRequest request,
      Function<String, Optional<String>> action,
      String body) {
    tasks.execute(
        () -> {
          int status;
          String text;
          try {
            Optional<String> done = action.apply(body);
            status = done.isPresent() ? 200 : 409;
            text = done.orElse("not to be taken from here");
          } catch (RuntimeException e) {
            status = 400;
            text = String.valueOf(e.getMessage());
          }
          int answered = status;
          String words = text;
          context.runOnContext(ignored -> send(request, answered, words));
        });
  }

  private static void send(HttpServerRequest request, int status, String text) {
    if (status == 200) {
      request.response().putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8").end(text);
    } else {
      Refusal.send(request, status, text);
    }
  }

  /** What is under way is completed. */
  @Override
  public void close() {
    tasks.shutdown();
  }
}
