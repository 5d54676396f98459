package dev.millrace.media.log.http;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.StreamPictures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One other node as a source, by its internal HTTP (docs/develop/internal-http.md). Any thread;
 * nothing waits: followers are called on threads of the client's executor, one call at a time.
 *
 * <p>HTTP/1.1: a connection for each followed stream, and as many kept ones as requests for bytes
 * are under way at once, so that no part waits behind another.
 */
public final class HttpPartSource implements PartSource {
  /** As large as what a packager may write, and some segments in one. */
  private static final int MAX_BYTES = 128 << 20;

  /** Longer than the other node holds a request for a part that is not there yet. */
  private static final long REQUEST_MS = 12_000;

  /** Somebody looks at a list: another node is asked, or none. */
  private static final Duration PICTURE = Duration.ofSeconds(2);

  private final String name;
  private final URI node;
  private final String authorization;
  private final HttpClient client;
  private final ScheduledExecutorService timer;

  /**
   * @param name of the node, for people
   * @param node address of its internal server, without a path
   * @param token the cluster's
   * @param client with the cluster's certificates and a connect timeout
   * @param timer for silence and time limits; tasks on it are short
   */
  public HttpPartSource(
      String name, URI node, String token, HttpClient client, ScheduledExecutorService timer) {
    this.name = name;
    this.node = node;
    this.authorization = "Bearer " + token;
    this.client = client;
    this.timer = timer;
  }

  /** {@inheritDoc} Never empty: what the other node knows is heard later. */
  @Override
  public Optional<Following> follow(StreamPath path, Consumer<LogRecord> follower) {
    return Optional.of(watch(path, follower::accept));
  }

  @Override
  public Following watch(StreamPath path, LogWatcher watcher) {
    LogFollowing following = new LogFollowing(watcher, timer);
    following.start(client, request(new ReadAddress.Log(path)).build());
    return following;
  }

  /** {@inheritDoc} The stage may be cancelled, as a {@link CompletableFuture}. */
  @Override
  public CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
    ReadAddress.File address = new ReadAddress.File(path, rendition, file);
    CompletableFuture<HttpResponse<byte[]>> asked =
        client.sendAsync(
            request(address).build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BYTES));
    CompletableFuture<Bytes> bytes = asked.thenApply(answer -> read(answer, file));
    ScheduledFuture<?> late =
        timer.schedule(
            () ->
                bytes.completeExceptionally(
                    new IOException(this + " did not send " + file + " in time")),
            REQUEST_MS,
            TimeUnit.MILLISECONDS);
    bytes.whenComplete(
        (ignored, failure) -> {
          late.cancel(false);
          if (failure != null) {
            asked.cancel(true);
          }
        });
    return bytes;
  }

  @Override
  public CompletionStage<Optional<Picture>> fetchPoster(StreamPath path) {
    return client
        .sendAsync(
            request(new ReadAddress.Poster(path)).timeout(PICTURE).build(),
            BodyHandlers.limiting(BodyHandlers.ofByteArray(), StreamPictures.MAX_POSTER_BYTES))
        .thenApply(this::picture);
  }

  private Optional<Picture> picture(HttpResponse<byte[]> answer) {
    if (answer.statusCode() != 200) {
      return Optional.empty();
    }
    String size = answer.headers().firstValue(LogHeaders.PICTURE).orElse("");
    return Optional.of(
        new Picture(
            (int) LogHeaders.picture("width", size),
            (int) LogHeaders.picture("height", size),
            Bytes.wrap(answer.body())));
  }

  /** {@inheritDoc} Empty: nodes are not asked for this, the directory knows. */
  @Override
  public List<StreamPath> streams() {
    return List.of();
  }

  @Override
  public String toString() {
    return name;
  }

  private HttpRequest.Builder request(ReadAddress address) {
    return HttpRequest.newBuilder(node.resolve(address.toString()))
        .version(HttpClient.Version.HTTP_1_1)
        .header("Authorization", authorization);
  }

  private Bytes read(HttpResponse<byte[]> answer, String file) {
    return switch (answer.statusCode()) {
      case 200 -> Bytes.wrap(answer.body());
      case 404 -> throw new NoSuchFileException(file);
      default ->
          throw new UncheckedIOException(
              new IOException(this + " answered " + answer.statusCode() + " for " + file));
    };
  }
}
