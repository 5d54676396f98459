package dev.millrace.media.hls;

import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Segment;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import java.util.List;

/**
 * The I-frame playlist of a video rendition (RFC 8216bis §4.4.3.6): the key frame at the start of
 * each complete segment as a byte range of it, for fast seeking. Media sequence numbers are those of
 * the media playlist, so that {@code _HLS_msn} means the same (§6.2.5.2); what has no key frame at
 * its start is EXT-X-GAP. A pure function of the log.
 */
public final class IFramePlaylist {
  private IFramePlaylist() {}

  /** Whether there is a complete segment to list. */
  public static boolean isReady(RenditionView video) {
    return !video.completeSegments().isEmpty();
  }

  /**
   * Writes the playlist.
   *
   * @param delta whether the client asked for a delta update; it gets a full playlist where nothing
   *     may be skipped or the stream has ended
   * @throws IllegalArgumentException if the stream has no such rendition or it is not ready
   */
  public static String render(StreamView view, String rendition, boolean delta) {
    RenditionView shown =
        view.rendition(rendition)
            .filter(IFramePlaylist::isReady)
            .orElseThrow(() -> new IllegalArgumentException("nothing to list of " + rendition));
    Targets targets = view.targets();
    // RFC 8216bis §6.2.4: the same in all media playlists.
    ServerControl control = ServerControl.of(targets);
    List<Segment> segments = shown.completeSegments();
    Skip skip =
        delta && !view.ended()
            ? Skip.of(segments, shown.completeUs(), control.canSkipUntilUs())
            : Skip.NONE;
    StringBuilder out = new StringBuilder(4096);
    MediaPlaylist.appendVersion(out, targets);
    out.append("#EXT-X-I-FRAMES-ONLY\n");
    control.appendTo(out);
    MediaPlaylist.appendSequence(out, segments.getFirst());
    skip.appendTo(out);
    appendSegments(out, segments, skip.skippedSegments());
    if (view.ended()) {
      out.append("#EXT-X-ENDLIST\n");
    }
    return out.toString();
  }

  /** Whether a segment can be shown by its key frame. */
  static boolean hasKeyFrame(Segment segment) {
    return !segment.gap() && segment.parts().getFirst().keyFrameBytes() > 0;
  }

  private static void appendSegments(StringBuilder out, List<Segment> segments, int from) {
    String map = "";
    for (int i = from; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      MediaPlaylist.appendDiscontinuity(out, segments, i);
      if (!segment.init().equals(map)) {
        map = segment.init();
        new MapTag(map).appendTo(out);
      }
      appendKeyFrame(out, segment);
    }
  }

  /** The EXTINF of a key frame is the time to the next one, which is its segment's. */
  private static void appendKeyFrame(StringBuilder out, Segment segment) {
    new ProgramDateTime(segment.programDateTimeUs()).appendTo(out);
    if (hasKeyFrame(segment)) {
      PartEntry first = segment.parts().getFirst();
      out.append("#EXT-X-BYTERANGE:").append(first.keyFrameBytes()).append("@0\n");
    } else {
      out.append("#EXT-X-GAP\n");
    }
    MediaPlaylist.appendUri(out, segment);
  }
}
