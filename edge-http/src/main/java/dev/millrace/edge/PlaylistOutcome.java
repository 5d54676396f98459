package dev.millrace.edge;

import dev.millrace.media.hls.BlockingReload;
import dev.millrace.media.hls.Directives;
import dev.millrace.media.hls.MultivariantPlaylist;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.StreamView;
import java.util.Optional;

/** What a playlist request gets at one position of the log. */
sealed interface PlaylistOutcome {
  /** A playlist. */
  record Text(RenderedText text, CacheRule cache) implements PlaylistOutcome {}

  /** Not yet: the request waits for the log to go on, at most so long. */
  record Hold(Bound bound) implements PlaylistOutcome {}

  /** An error. */
  record Refused(Failure failure) implements PlaylistOutcome {}

  /** How long a request may be held. */
  enum Bound {
    /** Until the stream has its first parts. */
    START,
    /** A blocking reload: three target durations (RFC 8216bis §6.2.5.2). */
    RELOAD
  }

  /** The outcome, which is the same for all who ask the same. */
  static PlaylistOutcome of(StreamSnapshot snapshot, PlaylistQuery query) {
    StreamView view = snapshot.view();
    if (!view.opened() || !(view.ended() || MultivariantPlaylist.isReady(view))) {
      return new Hold(Bound.START);
    }
    boolean listsNothing = view.renditions().stream().allMatch(each -> each.segments().isEmpty());
    if (view.ended() && listsNothing) {
      return new Refused(Failure.notFound("the stream ended before it had a playlist"));
    }
    return query.isMultivariant()
        ? new Text(snapshot.multivariant(), CacheRule.plainPlaylist(view.targets()))
        : media(snapshot, query);
  }

  private static PlaylistOutcome media(StreamSnapshot snapshot, PlaylistQuery query) {
    StreamView view = snapshot.view();
    Optional<RenditionView> rendition = view.rendition(query.rendition());
    if (rendition.isEmpty()) {
      return new Refused(Failure.notFound("the stream has no rendition of this name"));
    }
    if (rendition.get().segments().isEmpty()) {
      return view.ended()
          ? new Refused(Failure.notFound("the rendition ended before it had a part"))
          : new Hold(Bound.START);
    }
    Directives directives = query.directives();
    return switch (BlockingReload.decide(view, query.rendition(), directives)) {
      case BlockingReload.Decision.Ready ignored ->
          new Text(
              snapshot.media(query.rendition(), directives.skip()),
              directives.msn().isPresent()
                  ? CacheRule.blockingPlaylist(view.targets())
                  : CacheRule.plainPlaylist(view.targets()));
      case BlockingReload.Decision.Wait ignored -> new Hold(Bound.RELOAD);
      case BlockingReload.Decision.Refuse(String reason) -> new Refused(Failure.badRequest(reason));
    };
  }
}
