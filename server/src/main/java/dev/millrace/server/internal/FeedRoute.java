package dev.millrace.server.internal;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.http.LogAddress;
import dev.millrace.media.log.http.LogHeaders;
import dev.millrace.transcoder.feed.FeedHub;
import io.vertx.core.Context;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Pattern;

/** {@code GET /internal/v1/feed/APP/NAME}: what a stream's worker reads. */
public final class FeedRoute implements InternalRoute {
  private static final String FEED = LogAddress.ROOT + "feed/";

  /** Where the feeds of streams are. */
  public interface Feeds {
    /**
     * The feed of a stream, when the worker of this generation may read it; empty if the stream has
     * none. Called on event loops.
     */
    Optional<CompletionStage<FeedHub>> of(StreamPath path, long generation);
  }

  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

  private final Feeds feeds;

  public FeedRoute(Feeds feeds) {
    this.feeds = feeds;
  }

  /** Where a stream's feed is, without the server. */
  static String address(StreamPath path) {
    return FEED + path;
  }

  @Override
  public boolean answer(Context context, HttpServerRequest request, String path) {
    Optional<StreamPath> stream = stream(path);
    stream.ifPresent(each -> answer(context, request, each));
    return stream.isPresent();
  }

  private void answer(Context context, HttpServerRequest request, StreamPath stream) {
    if (!HttpMethod.GET.equals(request.method())) {
      Refusal.send(request, 405, "a feed is read by GET");
      return;
    }
    // Whoever has none looks at the feed only.
    String generation = request.getHeader(LogHeaders.GENERATION);
    if (generation != null && !NUMBER.matcher(generation).matches()) {
      Refusal.send(request, 400, LogHeaders.GENERATION + " must be a number");
      return;
    }
    feeds
        .of(stream, generation == null ? 0 : Long.parseLong(generation))
        .ifPresentOrElse(
            feed -> start(context, request, stream, feed),
            () -> Refusal.send(request, 404, "there is no feed of " + stream));
  }

  private static void start(
      Context context,
      HttpServerRequest request,
      StreamPath stream,
      CompletionStage<FeedHub> feed) {
    feed.thenAccept(
        hub -> {
          try {
            context.runOnContext(
                now -> {
                  if (!request.response().closed()) {
                    FeedResponse.start(stream, context, request, hub);
                  }
                });
          } catch (RejectedExecutionException e) {
            // The event loops have ended, and the connection with them.
          }
        });
  }

  private static Optional<StreamPath> stream(String path) {
    if (!path.startsWith(FEED)) {
      return Optional.empty();
    }
    String[] steps = path.substring(FEED.length()).split("/", -1);
    return steps.length == 2
            && StreamPath.isValidSegment(steps[0])
            && StreamPath.isValidSegment(steps[1])
        ? Optional.of(new StreamPath(steps[0], steps[1]))
        : Optional.empty();
  }
}
