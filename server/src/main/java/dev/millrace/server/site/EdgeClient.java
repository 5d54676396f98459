package dev.millrace.server.site;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.http.HttpPartSource;
import dev.millrace.server.internal.SiteRoute;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** One edge, as a relay of a site sees it: what streams are read from, and what is said beside. */
public final class EdgeClient {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int MAX_BYTES = 4 << 20;

  private final URI edge;
  private final String token;
  private final HttpClient client;
  private final Answering answering;
  private final Counted source;

  /**
   * @param edge {@code https://HOST:PORT}
   * @param token the site's
   * @param client that believes the authority of edges alone
   * @param timer its tasks are short
   * @param nanoTime a monotonic clock
   */
  public EdgeClient(
      URI edge,
      String token,
      HttpClient client,
      ScheduledExecutorService timer,
      LongSupplier nanoTime) {
    this.edge = edge;
    this.token = token;
    this.client = client;
    this.answering = new Answering(timer, nanoTime);
    this.source =
        new Counted(
            new HttpPartSource("edge " + edge.getAuthority(), edge, token, client, timer),
            answering);
  }

  /** Logs and bytes; always the same object. */
  public PartSource source() {
    return source;
  }

  /** Bytes of parts and initialization sections that came from it. */
  public long bytes() {
    return source.bytes.sum();
  }

  /** Records of logs that it told. */
  public long records() {
    return source.records.sum();
  }

  /** Asks for the news; fails if they do not come in 5 s. */
  public CompletableFuture<SiteNews> news() {
    return ask(request(SiteRoute.NEWS).GET()).thenApply(SiteNews::parse);
  }

  /** Reports, and gives the answer's text; fails if it does not come in 5 s. */
  public CompletableFuture<String> report(String text) {
    return ask(
        request(SiteRoute.REPORT)
            .POST(HttpRequest.BodyPublishers.ofString(text, StandardCharsets.UTF_8)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(edge.resolve(path))
        .version(HttpClient.Version.HTTP_1_1)
        .timeout(PATIENCE)
        .header("Authorization", "Bearer " + token);
  }

  private CompletableFuture<String> ask(HttpRequest.Builder request) {
    return client
        .sendAsync(
            request.build(),
            BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), MAX_BYTES))
        .thenApply(this::text);
  }

  private String text(HttpResponse<String> answer) {
    answering.answered();
    if (answer.statusCode() != 200) {
      throw new UncheckedIOException(
          new IOException(this + " answered " + answer.statusCode() + ": " + answer.body()));
    }
    return answer.body();
  }

  @Override
  public String toString() {
    return source.toString();
  }

  /** Counts what comes over the line of the site. */
  private static final class Counted implements PartSource {
    private final PartSource source;
    private final Answering answering;
    private final LongAdder bytes = new LongAdder();
    private final LongAdder records = new LongAdder();

    Counted(PartSource source, Answering answering) {
      this.source = source;
      this.answering = answering;
    }

    @Override
    public Optional<Following> follow(StreamPath path, Consumer<LogRecord> follower) {
      return Optional.of(watch(path, follower::accept));
    }

    @Override
    public Following watch(StreamPath path, LogWatcher watcher) {
      return source.watch(path, new CountedLog(watcher, records));
    }

    /** {@inheritDoc} The stage may be cancelled. */
    @Override
    public CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
      if (!answering.mayAsk()) {
        return CompletableFuture.failedFuture(new IOException(this + " does not answer now"));
      }
      CompletionStage<Bytes> asked = source.bytes(path, rendition, file);
      asked.whenComplete(
          (came, failure) -> {
            if (failure == null) {
              bytes.add(came.length());
            }
            answering.ended(failure == null || isAnswer(failure));
          });
      return asked;
    }

    /** Whether the edge said no, other than a connection that failed or was given up. */
    private static boolean isAnswer(Throwable failure) {
      Throwable why =
          failure instanceof CompletionException && failure.getCause() != null
              ? failure.getCause()
              : failure;
      return why instanceof NoSuchFileException || why instanceof UncheckedIOException;
    }

    @Override
    public CompletionStage<Optional<Picture>> fetchPoster(StreamPath path) {
      return source.fetchPoster(path);
    }

    @Override
    public List<StreamPath> streams() {
      return source.streams();
    }

    @Override
    public String toString() {
      return source.toString();
    }
  }
}
