package dev.millrace.edge;

import dev.millrace.edge.PlaylistQuery.Kind;
import dev.millrace.media.hls.ClassicPlaylist;
import dev.millrace.media.hls.ContentSteering;
import dev.millrace.media.hls.IFramePlaylist;
import dev.millrace.media.hls.MediaPlaylist;
import dev.millrace.media.hls.MultivariantPlaylist;
import dev.millrace.media.hls.PlaylistSet;
import dev.millrace.media.log.StreamView;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A stream at one position of its log and the playlists that follow from it, each written once
 * however many ask. Any thread: whoever comes while a playlist is being written (some 50 µs) waits
 * for it, which is shorter than to write it again.
 */
final class StreamSnapshot {
  private final StreamView view;
  private final Optional<ContentSteering> steering;
  private final ConcurrentHashMap<Text, RenderedText> texts = new ConcurrentHashMap<>(4);

  /** A playlist, whole or as a delta update; the multivariant playlist is of no rendition. */
  private record Text(Kind kind, String rendition, boolean delta) {}

  /**
   * @param steering what the multivariant playlist says of other edges
   */
  StreamSnapshot(StreamView view, Optional<ContentSteering> steering) {
    this.view = view;
    this.steering = steering;
  }

  StreamView view() {
    return view;
  }

  /** The multivariant playlist of a set; the stream must be ready. */
  RenderedText multivariant(PlaylistSet set) {
    Kind kind = set == PlaylistSet.CLASSIC ? Kind.CLASSIC_MULTIVARIANT : Kind.MULTIVARIANT;
    return texts.computeIfAbsent(
        new Text(kind, "", false),
        key -> new RenderedText(MultivariantPlaylist.render(view, steering, set)));
  }

  /** A rendition's classic playlist; it must be ready. */
  RenderedText classic(String rendition) {
    return texts.computeIfAbsent(
        new Text(Kind.CLASSIC, rendition, false),
        key -> new RenderedText(ClassicPlaylist.render(view, rendition)));
  }

  /** A rendition's playlist; the rendition must have at least one part. */
  RenderedText media(String rendition, boolean delta) {
    return texts.computeIfAbsent(
        new Text(Kind.MEDIA, rendition, delta),
        key -> new RenderedText(MediaPlaylist.render(view, rendition, delta)));
  }

  /** A rendition's I-frame playlist; it must have a complete segment. */
  RenderedText iFrames(String rendition, boolean delta) {
    return texts.computeIfAbsent(
        new Text(Kind.I_FRAMES, rendition, delta),
        key -> new RenderedText(IFramePlaylist.render(view, rendition, delta)));
  }
}
