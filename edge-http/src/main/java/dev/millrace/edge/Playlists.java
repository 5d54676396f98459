package dev.millrace.edge;

import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.hls.Directives;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Answers playlist requests, holding them as long as LL-HLS asks. One event loop. */
final class Playlists {
  private final EdgeNode node;
  private final Context context;
  private final Answers answers;
  private final Map<StreamPath, Watched> watched = new HashMap<>();

  Playlists(EdgeNode node, Context context, Answers answers) {
    this.node = node;
    this.context = context;
    this.answers = answers;
  }

  /** Answers or holds a request; {@code rendition} is empty for the multivariant playlist. */
  void serve(
      HttpServerRequest request, StreamPath path, PlaylistQuery.Kind kind, String rendition) {
    Watched stream = watch(path);
    if (stream == null) {
      answers.failure(request, Failure.notFound("no stream " + path + " is live here"));
      return;
    }
    if (kind.isOfPlayback() && stream.edge != null) {
      stream.edge.viewers().seen(node.identity().of(request), node.nanoTime().getAsLong());
    }
    if (stream.isStale()) {
      answers.failure(request, Failure.unavailable("no news of stream " + path + ", try again"));
      return;
    }
    Directives directives = Directives.NONE;
    // RFC 8216bis §6.2.5: directives are ignored once the playlist has ended, well-formed or not.
    if (kind.isBlocking() && !stream.isEnded()) {
      try {
        directives = Directives.parse(name -> Optional.ofNullable(request.getParam(name)));
      } catch (ProtocolException e) {
        answers.failure(request, Failure.badRequest(String.valueOf(e.getMessage())));
        return;
      }
    }
    PlaylistQuery query =
        new PlaylistQuery(kind, rendition, directives, Answers.acceptsGzip(request));
    switch (stream.decide(query)) {
      case PlaylistOutcome.Text(RenderedText text, CacheRule cache) -> {
        node.counters().playlists.increment();
        answers.text(request, Answers.PLAYLIST, text, cache);
      }
      case PlaylistOutcome.Refused(Failure failure) -> answers.failure(request, failure);
      case PlaylistOutcome.Hold(PlaylistOutcome.Bound bound) ->
          stream.held.hold(request, query, node.nanoTime().getAsLong() + stream.boundNanos(bound));
    }
  }

  /** Ends waits that took too long and looks for streams that were only announced so far. */
  void tick() {
    long now = node.nanoTime().getAsLong();
    // A copy, because an answer may let a pipelined request in, and that a new stream.
    for (Watched stream : List.copyOf(watched.values())) {
      if (!stream.held.isEmpty()) {
        stream.keepFollowing(now);
        stream.held.expire(now);
      } else if (!stream.isFollowed()) {
        watched.remove(stream.path);
      }
    }
  }

  /** Answers everybody who still waits: the server stops. */
  void close() {
    PlaylistOutcome stopping =
        new PlaylistOutcome.Refused(Failure.unavailable("the server is stopping"));
    for (Watched stream : List.copyOf(watched.values())) {
      stream.held.release(query -> stopping);
    }
  }

  private @Nullable Watched watch(StreamPath path) {
    Watched known = watched.get(path);
    Watched stream = known == null ? new Watched(path) : known;
    stream.keepFollowing(node.nanoTime().getAsLong());
    if (!stream.isFollowed() && !node.facts().isAnnounced(path)) {
      return null;
    }
    watched.put(path, stream);
    return stream;
  }

  /** A stream as this event loop sees it, and who waits for it here. */
  private final class Watched {
    private final StreamPath path;
    private final HeldReloads held = new HeldReloads(node, answers, context);

    /** Set by the source's thread, cleared here before looking, so that no change is missed. */
    private final AtomicBoolean hopping = new AtomicBoolean();

    /** Null while the stream is only announced, or gone. */
    private @Nullable EdgeStream edge;

    Watched(StreamPath path) {
      this.path = path;
    }

    boolean isFollowed() {
      return edge != null && !edge.isClosed();
    }

    boolean isEnded() {
      return edge != null && edge.snapshot().view().ended();
    }

    /** Marks the stream as in use; follows it if that is not yet, or no longer, the case. */
    void keepFollowing(long nowNanos) {
      if (edge != null && edge.touch(nowNanos)) {
        return;
      }
      edge = node.streams().use(path).orElse(null);
      if (edge != null) {
        edge.onChange(this::changed);
        release();
      } else if (!held.isEmpty() && !node.facts().isAnnounced(path)) {
        PlaylistOutcome gone = new PlaylistOutcome.Refused(Failure.notFound("the stream is gone"));
        held.release(query -> gone);
      }
    }

    /**
     * Whether news should have come and has not: whoever sends it is gone or cannot be reached. The
     * log of a stream that is published here is written in this process.
     */
    boolean isStale() {
      return edge != null
          && edge.isStale(node.nanoTime().getAsLong())
          && !node.facts().isPublishedHere(path)
          && !node.facts().isAway(path);
    }

    PlaylistOutcome decide(PlaylistQuery query) {
      return edge == null
          ? new PlaylistOutcome.Hold(PlaylistOutcome.Bound.START)
          : PlaylistOutcome.of(edge.snapshot(), query);
    }

    long boundNanos(PlaylistOutcome.Bound bound) {
      return bound == PlaylistOutcome.Bound.RELOAD && edge != null
          ? TimeUnit.SECONDS.toNanos(3L * edge.snapshot().view().targets().targetDurationS())
          : node.config().maxWait().toNanos();
    }

    /** On the source's thread. */
    private void changed() {
      if (hopping.compareAndSet(false, true)) {
        context.runOnContext(ignored -> release());
      }
    }

    private void release() {
      hopping.set(false);
      EdgeStream now = edge;
      if (now != null && !held.isEmpty()) {
        StreamSnapshot snapshot = now.snapshot();
        held.release(query -> PlaylistOutcome.of(snapshot, query));
      }
    }
  }
}
