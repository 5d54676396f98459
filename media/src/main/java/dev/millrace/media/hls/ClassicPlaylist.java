package dev.millrace.media.hls;

import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Segment;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import java.util.List;

/**
 * The media playlist of a rendition without anything of low latency: whole segments under the same
 * names and numbers as in {@link MediaPlaylist}, and a hold-back that leaves time to get them from
 * others than the server. A pure function of the log.
 */
public final class ClassicPlaylist {
  private static final long HOLD_BACK_US = 16_000_000;

  /** RFC 8216bis §4.4.3.8: at least three target durations. */
  private static final int LEAST_TARGET_DURATIONS = 3;

  private ClassicPlaylist() {}

  /** Whether there is so much that a player can be as far behind as it is told to be. */
  public static boolean isReady(StreamView view, RenditionView rendition) {
    return !rendition.completeSegments().isEmpty()
        && (view.ended() || rendition.completeUs() >= leastUs(view.targets()));
  }

  private static long leastUs(Targets targets) {
    return targets.targetDurationS() * 1_000_000L * LEAST_TARGET_DURATIONS;
  }

  /**
   * Writes the playlist.
   *
   * @throws IllegalArgumentException if the stream has no such rendition or it is not ready
   */
  public static String render(StreamView view, String rendition) {
    RenditionView shown =
        view.rendition(rendition)
            .filter(found -> isReady(view, found))
            .orElseThrow(() -> new IllegalArgumentException("nothing to list of " + rendition));
    List<Segment> segments = shown.completeSegments();
    StringBuilder out = new StringBuilder(4096);
    MediaPlaylist.appendVersion(out, view.targets());
    out.append("#EXT-X-SERVER-CONTROL:HOLD-BACK=");
    Decimal.appendShort(out, holdBackUs(view.targets())).append('\n');
    MediaPlaylist.appendSequence(out, segments.getFirst());
    String map = "";
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      MediaPlaylist.appendDiscontinuity(out, segments, i);
      if (!segment.init().equals(map)) {
        map = segment.init();
        new MapTag(map).appendTo(out);
      }
      new ProgramDateTime(segment.programDateTimeUs()).appendTo(out);
      if (segment.gap()) {
        out.append("#EXT-X-GAP\n");
      }
      MediaPlaylist.appendUri(out, segment);
    }
    if (view.ended()) {
      out.append("#EXT-X-ENDLIST\n");
    }
    return out.toString();
  }

  /** Half of the window, if that is not much: what is shared must stay listed for a while. */
  private static long holdBackUs(Targets targets) {
    return Math.max(leastUs(targets), Math.min(HOLD_BACK_US, targets.windowUs() / 2));
  }
}
