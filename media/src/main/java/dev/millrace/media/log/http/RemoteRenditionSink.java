package dev.millrace.media.log.http;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogTail;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.PictureSink;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.RenditionSink;
import dev.millrace.media.log.Thumbnail;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The origin as a writer of renditions sees it from another process: PUTs over kept connections.
 * Any thread; calls block until the origin has answered. Calls for one rendition must come one
 * after the other, as for every sink; those for different renditions run side by side.
 *
 * <p>What fails on the way is tried again, {@value #ATTEMPTS} times in all, which is safe: the
 * origin accepts an entry that is already in its log once more if it is the same. After that the
 * call throws {@link UncheckedIOException}, and the writer should give up.
 */
public final class RemoteRenditionSink implements RenditionSink, PictureSink, AutoCloseable {
  private static final int ATTEMPTS = 4;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  /** Grows with each attempt, so that a server that just restarts is not missed. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  private static final int MAX_REASON = 300;

  /** RFC 9110 §15.5.9: the server got too little in time, for example because all is slow. */
  private static final int REQUEST_TIMEOUT = 408;

  private final URI origin;
  private final String authorization;
  private final long generation;
  private final Duration timeout;
  private final HttpClient client;
  private final AtomicLong picturesLost = new AtomicLong();

  /**
   * @param origin address of the internal server, without a path
   * @param token its secret
   * @param authority that must have signed its certificate, if it has one
   * @param generation of this writer; the origin refuses it once a higher one was granted
   * @param timeout of one attempt
   */
  public RemoteRenditionSink(
      URI origin, String token, TrustedAuthority authority, long generation, Duration timeout) {
    this.origin = origin;
    this.authorization = "Bearer " + token;
    this.generation = generation;
    this.timeout = timeout;
    this.client = authority.client().connectTimeout(CONNECT_TIMEOUT).build();
  }

  @Override
  public Optional<LogTail> tail(StreamPath path, String rendition) {
    HttpRequest request = request(new LogAddress.Tail(path, rendition)).GET().build();
    HttpResponse<String> answer = send(request);
    return switch (answer.statusCode()) {
      case 200 -> Optional.of(LogHeaders.tail(header(answer, LogHeaders.TAIL)));
      case 204 -> Optional.empty();
      default -> throw refusal(request, answer);
    };
  }

  @Override
  public AppendResult describe(StreamPath path, long epoch, RenditionDescription rendition) {
    FileName.Init init =
        FileName.parse(rendition.init())
            .filter(FileName.Init.class::isInstance)
            .map(FileName.Init.class::cast)
            .orElseThrow(() -> new IllegalArgumentException(rendition.init() + " is no init name"));
    return put(
        request(new LogAddress.Init(path, rendition.name(), init))
            .header(LogHeaders.DESCRIPTION, LogHeaders.description(epoch, rendition)),
        rendition.initBytes());
  }

  @Override
  public AppendResult append(StreamPath path, String rendition, PartEntry entry, Bytes data) {
    return put(
        request(new LogAddress.Part(path, rendition, entry.position()))
            .header(LogHeaders.ENTRY, LogHeaders.entry(entry)),
        data);
  }

  @Override
  public void poster(StreamPath path, long epoch, Picture poster) {
    picture(
        request(new LogAddress.Poster(path))
            .header(LogHeaders.PICTURE, LogHeaders.poster(epoch, poster.width(), poster.height())),
        poster);
  }

  @Override
  public void thumbnail(StreamPath path, Thumbnail thumbnail) {
    Picture picture = thumbnail.picture();
    picture(
        request(new LogAddress.Thumbnail(path, thumbnail.epoch(), thumbnail.msn()))
            .header(
                LogHeaders.PICTURE,
                LogHeaders.thumbnail(thumbnail.pdtUs(), picture.width(), picture.height())),
        picture);
  }

  /** Pictures that did not arrive or were not taken, since the start. */
  public long picturesLost() {
    return picturesLost.get();
  }

  /** Ends the connections; calls that are under way fail. */
  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }

  private HttpRequest.Builder request(LogAddress address) {
    return HttpRequest.newBuilder(origin.resolve(address.toString()))
        .timeout(timeout)
        .header("Authorization", authorization)
        .header(LogHeaders.GENERATION, Long.toString(generation));
  }

  private AppendResult put(HttpRequest.Builder unfinished, Bytes body) {
    HttpRequest request = unfinished.PUT(publisher(body)).build();
    HttpResponse<String> answer = send(request);
    return switch (answer.statusCode()) {
      case LogHeaders.ACCEPTED_STATUS -> AppendResult.ACCEPTED;
      case LogHeaders.EXPECTED_STATUS ->
          new AppendResult.Expected(position(header(answer, LogHeaders.EXPECTED)));
      case LogHeaders.STALE_STATUS ->
          new AppendResult.Stale(epoch(header(answer, LogHeaders.NEWEST_EPOCH)));
      default -> throw refusal(request, answer);
    };
  }

  /** Once only: the next picture comes soon. */
  private void picture(HttpRequest.Builder unfinished, Picture picture) {
    HttpRequest request = unfinished.PUT(publisher(picture.jpeg())).build();
    try {
      if (client.send(request, BodyHandlers.discarding()).statusCode() != 200) {
        picturesLost.incrementAndGet();
      }
    } catch (IOException e) {
      picturesLost.incrementAndGet();
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static BodyPublisher publisher(Bytes body) {
    return body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body.toArray());
  }

  /** Sends until there is an answer that another attempt would not change. */
  private HttpResponse<String> send(HttpRequest request) {
    IOException last = new IOException("not sent");
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        if (answer.statusCode() < 500 && answer.statusCode() != REQUEST_TIMEOUT) {
          return answer;
        }
        last = new IOException(answer.statusCode() + " " + reason(answer));
      } catch (IOException e) {
        last = e;
      } catch (InterruptedException e) {
        throw interrupted();
      }
      if (attempt < ATTEMPTS) {
        pause(attempt);
      }
    }
    throw new UncheckedIOException(
        new IOException(
            "%s %s failed %d times: %s"
                .formatted(request.method(), request.uri().getPath(), ATTEMPTS, last),
            last));
  }

  private static void pause(int attempt) {
    try {
      Thread.sleep(PAUSE.multipliedBy((long) attempt * attempt));
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static UncheckedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new UncheckedIOException(new InterruptedIOException("interrupted"));
  }

  private static LogPosition position(String text) {
    return FileName.parse(text + ".m4s")
        .filter(FileName.Part.class::isInstance)
        .map(name -> ((FileName.Part) name).position())
        .orElseThrow(() -> ProtocolException.malformed("the origin expects " + text));
  }

  private static long epoch(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw ProtocolException.malformed("the origin tells of epoch " + text);
    }
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer
        .headers()
        .firstValue(name)
        .orElseThrow(() -> ProtocolException.malformed("answer without " + name));
  }

  /** Who writes something wrong is told so as a sink in the same process would tell. */
  private static ProtocolException refusal(HttpRequest request, HttpResponse<String> answer) {
    String message =
        "%s %s: %d %s"
            .formatted(
                request.method(), request.uri().getPath(), answer.statusCode(), reason(answer));
    return switch (answer.statusCode()) {
      case 413 -> ProtocolException.limit(message);
      case 401, 404, 405 -> ProtocolException.unsupported(message);
      default -> ProtocolException.malformed(message);
    };
  }

  private static String reason(HttpResponse<String> answer) {
    String text = answer.body().strip();
    return text.substring(0, Math.min(MAX_REASON, text.length()));
  }
}
