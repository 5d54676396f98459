package dev.millrace.server.internal;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.http.LogAddress;
import dev.millrace.transcoder.feed.FeedHub;
import io.vertx.core.Context;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.function.Function;

/** {@code GET /internal/v1/feed/APP/NAME}: what a stream's worker reads. */
public final class FeedRoute implements InternalRoute {
  private static final String FEED = LogAddress.ROOT + "feed/";

  private final Function<StreamPath, Optional<FeedHub>> feeds;

  /**
   * @param feeds tells the feed of a stream, if it has one; called on event loops
   */
  public FeedRoute(Function<StreamPath, Optional<FeedHub>> feeds) {
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
    Optional<FeedHub> hub = feeds.apply(stream);
    if (hub.isEmpty()) {
      Refusal.send(request, 404, "there is no feed of " + stream);
      return;
    }
    FeedResponse.start(stream, context, request, hub.get());
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
