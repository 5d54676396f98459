package dev.millrace.origin.http;

import dev.millrace.media.Bytes;
import dev.millrace.media.MerkleTree;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.ProtocolException.Reason;
import dev.millrace.media.log.LogTail;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.Thumbnail;
import dev.millrace.media.log.http.LogAddress;
import dev.millrace.media.log.http.LogHeaders;
import dev.millrace.origin.GenerationGate;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers writers of renditions. Whoever calls it has checked who asks. Requests are read on their
 * event loop; the store, whose followers may take their time, is called on the executor, one task
 * for each request. A writer waits for its answer before it sends the next entry of a rendition,
 * and the log refuses what is out of order, so the order needs no other care.
 */
public final class LogEndpoint {
  private static final Logger log = LoggerFactory.getLogger(LogEndpoint.class);

  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
  private static final int MAX_PICTURE_PIXELS = 16_384;
  private static final long LINGER_MS = 1000;

  private final GenerationGate gate;
  private final Executor executor;
  private final BodyLimits limits;
  private final AtomicLong budget;

  /**
   * @param executor runs one task for each PUT; tasks may wait for locks and followers
   */
  public LogEndpoint(GenerationGate gate, Executor executor, BodyLimits limits) {
    this.gate = gate;
    this.executor = executor;
    this.limits = limits;
    this.budget = new AtomicLong(limits.allBytes());
  }

  /**
   * Answers a request for one of the addresses; on its event loop, before its body is read.
   *
   * @param context of that event loop
   */
  public void handle(Context context, HttpServerRequest request, LogAddress address) {
    handle(new Call(context, request), address);
  }

  /** A request and where it is handled. */
  private record Call(Context context, HttpServerRequest request) {
    String header(String name) {
      String value = request.getHeader(name);
      if (value == null) {
        throw ProtocolException.malformed("the header " + name + " is missing");
      }
      return value;
    }

    long number(String name) {
      String text = header(name);
      if (!NUMBER.matcher(text).matches()) {
        throw ProtocolException.malformed(name + " must be a number");
      }
      return Long.parseLong(text);
    }

    long contentLength() {
      return number(HttpHeaders.CONTENT_LENGTH.toString());
    }

    /**
     * Answers before the body was read: the connection is of no use afterwards. The rest is passed
     * over for a moment, since a client that is still sending would find a reset instead of the
     * answer.
     */
    void refuse(Answer answer) {
      request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      send(answer);
      if (request.isEnded()) {
        request.connection().close();
        return;
      }
      request.handler(ignored -> {});
      request.exceptionHandler(ignored -> {});
      request.endHandler(ignored -> request.connection().close());
      context.owner().setTimer(LINGER_MS, ignored -> request.connection().close());
    }

    Future<Void> send(Answer answer) {
      HttpServerResponse response = request.response();
      if (response.ended() || response.closed()) {
        return Future.succeededFuture();
      }
      response.setStatusCode(answer.status());
      answer.headers().forEach(response::putHeader);
      if (!answer.text().isEmpty()) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8");
      }
      return response.end(answer.text());
    }
  }

  private void handle(Call call, LogAddress address) {
    try {
      long generation = call.number(LogHeaders.GENERATION);
      HttpMethod method = address instanceof LogAddress.Tail ? HttpMethod.GET : HttpMethod.PUT;
      if (!method.equals(call.request().method())) {
        call.refuse(Answer.failure(405, "this address takes " + method));
        return;
      }
      switch (address) {
        case LogAddress.Part part -> part(call, part, generation);
        case LogAddress.Init init -> init(call, init, generation);
        case LogAddress.Tail tail -> call.send(tail(tail, generation));
        case LogAddress.Poster poster -> poster(call, poster, generation);
        case LogAddress.Thumbnail thumbnail -> thumbnail(call, thumbnail, generation);
      }
    } catch (ProtocolException e) {
      call.refuse(refusal(e));
    }
  }

  private void part(Call call, LogAddress.Part part, long generation) {
    PartEntry entry = LogHeaders.entry(part.position(), call.header(LogHeaders.ENTRY));
    if (entry.sizeBytes() == 0 ? !entry.sha256().isEmpty() : entry.gap()) {
      throw ProtocolException.malformed("a gap or end marker has no bytes");
    }
    body(
        call,
        entry.sizeBytes(),
        limits.partBytes(),
        data -> {
          if (!data.isEmpty() && !data.sha256().equals(entry.sha256())) {
            throw ProtocolException.malformed("the bytes are not those of the entry's SHA-256");
          }
          if (!MerkleTree.root(data).equals(entry.tree())) {
            throw ProtocolException.malformed("the bytes are not those of the entry's tree");
          }
          return Answer.of(
              gate.sink(part.path(), generation)
                  .append(part.path(), part.rendition(), entry, data));
        });
  }

  private void init(Call call, LogAddress.Init init, long generation) {
    String header = call.header(LogHeaders.DESCRIPTION);
    long epoch = LogHeaders.epoch(LogHeaders.DESCRIPTION, header);
    body(
        call,
        call.contentLength(),
        limits.initBytes(),
        data -> {
          RenditionDescription description =
              LogHeaders.description(init.rendition(), init.init(), header, data);
          return Answer.of(
              gate.sink(init.path(), generation).describe(init.path(), epoch, description));
        });
  }

  private Answer tail(LogAddress.Tail address, long generation) {
    Optional<LogTail> tail =
        gate.sink(address.path(), generation).tail(address.path(), address.rendition());
    return tail.map(found -> new Answer(200, Map.of(LogHeaders.TAIL, LogHeaders.tail(found)), ""))
        .orElse(Answer.NO_CONTENT);
  }

  private void poster(Call call, LogAddress.Poster address, long generation) {
    String header = call.header(LogHeaders.PICTURE);
    long epoch = LogHeaders.epoch(LogHeaders.PICTURE, header);
    picture(
        call,
        header,
        picture ->
            gate.pictures(address.path(), generation).poster(address.path(), epoch, picture));
  }

  private void thumbnail(Call call, LogAddress.Thumbnail address, long generation) {
    String header = call.header(LogHeaders.PICTURE);
    long pdtUs = LogHeaders.picture("pdt-us", header);
    picture(
        call,
        header,
        picture ->
            gate.pictures(address.path(), generation)
                .thumbnail(
                    address.path(), new Thumbnail(address.epoch(), address.msn(), pdtUs, picture)));
  }

  private interface PictureTaker {
    void take(Picture picture);
  }

  private void picture(Call call, String header, PictureTaker taker) {
    long width = LogHeaders.picture("width", header);
    long height = LogHeaders.picture("height", header);
    if (width < 1 || height < 1 || width > MAX_PICTURE_PIXELS || height > MAX_PICTURE_PIXELS) {
      throw ProtocolException.malformed("a picture of " + width + "x" + height + " pixels");
    }
    body(
        call,
        call.contentLength(),
        limits.pictureBytes(),
        data -> {
          // ISO/IEC 10918-1 §B.1.1.3: SOI, and the 0xFF of the marker that must follow it.
          if (data.length() < 4 || data.u24(0) != 0xFFD8FF) {
            throw ProtocolException.malformed("the picture is no JPEG");
          }
          taker.take(new Picture((int) width, (int) height, data));
          return Answer.OK;
        });
  }

  /** Reads the body on the event loop, then answers with what the executor makes of it. */
  private void body(Call call, long length, int most, Function<Bytes, Answer> write) {
    if (length > most) {
      throw ProtocolException.limit(length + " bytes, at most " + most);
    }
    String told = call.request().getHeader(HttpHeaders.CONTENT_LENGTH);
    if (told != null && !told.equals(Long.toString(length))) {
      throw ProtocolException.malformed("Content-Length " + told + ", the entry tells " + length);
    }
    // The reader knows its body only after it was made.
    IncomingBody[] own = new IncomingBody[1];
    IncomingBody incoming =
        new IncomingBody(
            call.request(),
            budget,
            (int) length,
            data -> execute(call, own[0], () -> write.apply(data)),
            answer -> {
              own[0].release();
              call.refuse(answer);
            });
    own[0] = incoming;
    if (!incoming.start(call.context().owner(), limits.bodyTimeout().toMillis())) {
      call.refuse(Answer.failure(503, "too much is being received, try again"));
    }
  }

  private void execute(Call call, IncomingBody body, Supplier<Answer> write) {
    try {
      executor.execute(
          () -> {
            Answer answer = answer(call.request(), write);
            body.release();
            try {
              call.context().runOnContext(ignored -> call.send(answer));
            } catch (RejectedExecutionException e) {
              // The event loops have ended, and the request with them.
            }
          });
    } catch (RejectedExecutionException e) {
      body.release();
      call.refuse(Answer.failure(503, "the server is stopping"));
    }
  }

  private static Answer answer(HttpServerRequest request, Supplier<Answer> write) {
    try {
      return write.get();
    } catch (ProtocolException e) {
      return refusal(e);
    } catch (RuntimeException e) {
      log.error("{} {} failed", request.method(), request.path(), e);
      return Answer.failure(500, "the server failed");
    }
  }

  private static Answer refusal(ProtocolException e) {
    return Answer.failure(e.reason() == Reason.LIMIT ? 413 : 400, String.valueOf(e.getMessage()));
  }
}
