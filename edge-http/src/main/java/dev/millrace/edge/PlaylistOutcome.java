package dev.millrace.edge;

import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.hls.BlockingReload;
import dev.millrace.media.hls.ClassicPlaylist;
import dev.millrace.media.hls.Directives;
import dev.millrace.media.hls.IFramePlaylist;
import dev.millrace.media.hls.MultivariantPlaylist;
import dev.millrace.media.hls.PlaylistSet;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.StreamView;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

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
    return switch (query.kind()) {
      case MULTIVARIANT ->
          new Text(
              snapshot.multivariant(PlaylistSet.LOW_LATENCY),
              CacheRule.plainPlaylist(view.targets()));
      case CLASSIC_MULTIVARIANT ->
          new Text(
              snapshot.multivariant(PlaylistSet.CLASSIC), CacheRule.plainPlaylist(view.targets()));
      case CLASSIC -> classic(snapshot, query.rendition());
      case MEDIA -> media(snapshot, query);
      case I_FRAMES -> iFrames(snapshot, query);
    };
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
    return decide(
        view,
        query,
        query.directives(),
        () -> snapshot.media(query.rendition(), query.directives().skip()));
  }

  private static PlaylistOutcome classic(StreamSnapshot snapshot, String name) {
    StreamView view = snapshot.view();
    Optional<RenditionView> rendition = view.rendition(name);
    if (rendition.isEmpty()) {
      return new Refused(Failure.notFound("the stream has no rendition of this name"));
    }
    if (!ClassicPlaylist.isReady(view, rendition.get())) {
      return view.ended()
          ? new Refused(Failure.notFound("the rendition ended before it had a segment"))
          : new Hold(Bound.START);
    }
    return new Text(snapshot.classic(name), CacheRule.plainPlaylist(view.targets()));
  }

  private static PlaylistOutcome iFrames(StreamSnapshot snapshot, PlaylistQuery query) {
    StreamView view = snapshot.view();
    Optional<RenditionView> video =
        view.rendition(query.rendition())
            .filter(found -> found.description().type() == MediaType.VIDEO);
    if (video.isEmpty()) {
      return new Refused(Failure.notFound("the stream has no video rendition of this name"));
    }
    if (!IFramePlaylist.isReady(video.get())) {
      return view.ended()
          ? new Refused(Failure.notFound("the rendition ended before it had a segment"))
          : new Hold(Bound.START);
    }
    // RFC 8216bis §6.2.5.2: an I-frame playlist has no parts to wait for.
    Directives ofSegments =
        new Directives(query.directives().msn(), OptionalInt.empty(), query.directives().skip());
    return decide(
        view,
        query,
        ofSegments,
        () -> snapshot.iFrames(query.rendition(), query.directives().skip()));
  }

  private static PlaylistOutcome decide(
      StreamView view, PlaylistQuery query, Directives directives, Supplier<RenderedText> text) {
    return switch (BlockingReload.decide(view, query.rendition(), directives)) {
      case BlockingReload.Decision.Ready ignored ->
          new Text(
              text.get(),
              directives.msn().isPresent()
                  ? CacheRule.blockingPlaylist(view.targets())
                  : CacheRule.plainPlaylist(view.targets()));
      case BlockingReload.Decision.Wait ignored -> new Hold(Bound.RELOAD);
      case BlockingReload.Decision.Refuse(String reason) -> new Refused(Failure.badRequest(reason));
    };
  }
}
