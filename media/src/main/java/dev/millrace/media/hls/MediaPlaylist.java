package dev.millrace.media.hls;

import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Segment;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import java.util.List;

/**
 * The media playlist of one rendition (RFC 8216bis §4.4.3, §6.2): a pure function of the stream's
 * view, so that it is the same, byte for byte, on every node that has read the same log.
 */
public final class MediaPlaylist {
  // Highest version of any tag in use: EXT-X-SKIP of delta updates (RFC 8216bis §8). Full and delta
  // playlists carry the same, since a client merges one into the other.
  private static final int VERSION = 9;

  private MediaPlaylist() {}

  /**
   * Writes the playlist.
   *
   * @param delta whether the client asked for a delta update; it gets a full playlist where nothing
   *     may be skipped or the stream has ended
   * @throws IllegalArgumentException if the stream has no such rendition or it has no part yet
   */
  public static String render(StreamView view, String rendition, boolean delta) {
    RenditionView shown =
        view.rendition(rendition)
            .filter(found -> !found.segments().isEmpty())
            .orElseThrow(() -> new IllegalArgumentException("nothing to list of " + rendition));
    Targets targets = view.targets();
    ServerControl control = ServerControl.of(targets);
    // RFC 8216bis §6.2.5: directives are ignored once the playlist has ended.
    Skip skip =
        delta && !view.ended()
            ? Skip.of(shown.completeSegments(), shown.completeUs(), control.canSkipUntilUs())
            : Skip.NONE;
    StringBuilder out = new StringBuilder(8192);
    appendHeader(out, shown, targets, control);
    skip.appendTo(out);
    appendSegments(out, shown, targets, skip.skippedSegments());
    if (view.ended()) {
      out.append("#EXT-X-ENDLIST\n");
    } else {
      PreloadHint.appendTo(out, shown);
      appendReports(out, view, shown);
    }
    return out.toString();
  }

  private static void appendHeader(
      StringBuilder out, RenditionView shown, Targets targets, ServerControl control) {
    appendVersion(out, targets);
    control.appendTo(out);
    new PartInf(targets.partTargetUs()).appendTo(out);
    appendSequence(out, shown.segments().getFirst());
  }

  static void appendVersion(StringBuilder out, Targets targets) {
    out.append("#EXTM3U\n#EXT-X-VERSION:").append(VERSION);
    out.append("\n#EXT-X-TARGETDURATION:").append(targets.targetDurationS()).append('\n');
  }

  static void appendSequence(StringBuilder out, Segment first) {
    out.append("#EXT-X-MEDIA-SEQUENCE:").append(first.msn());
    // The number of the first listed segment itself: see EXT-X-DISCONTINUITY below.
    out.append("\n#EXT-X-DISCONTINUITY-SEQUENCE:").append(first.discontinuitySequence());
    out.append('\n');
  }

  private static void appendSegments(
      StringBuilder out, RenditionView shown, Targets targets, int from) {
    List<Segment> segments = shown.segments();
    long toEndUs = shown.completeUs() + shown.openSegment().map(Segment::durationUs).orElse(0L);
    long partsWithinUs = targets.targetDurationS() * 3_000_000L;
    String map = "";
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      if (i >= from) {
        appendDiscontinuity(out, segments, i);
        // Also before the first kept segment of a delta, for readers that do not merge.
        if (!segment.init().equals(map)) {
          map = segment.init();
          new MapTag(map).appendTo(out);
        }
        // RFC 8216bis §6.2.2: parts are listed near the edge only. By the start of their segment,
        // so that they leave in order and never one by one.
        appendSegment(out, segment, toEndUs <= partsWithinUs);
      }
      toEndUs -= segment.durationUs();
    }
  }

  /**
   * The first listed segment has no EXT-X-DISCONTINUITY: the tag leaves the playlist, and
   * EXT-X-DISCONTINUITY-SEQUENCE grows, when its segment becomes the first. Some players are
   * confused by a leading tag (hls.js #3044), and it would say nothing to the others.
   */
  static void appendDiscontinuity(StringBuilder out, List<Segment> segments, int i) {
    if (i > 0
        && segments.get(i).discontinuitySequence() > segments.get(i - 1).discontinuitySequence()) {
      out.append("#EXT-X-DISCONTINUITY\n");
    }
  }

  private static void appendSegment(StringBuilder out, Segment segment, boolean withParts) {
    new ProgramDateTime(segment.programDateTimeUs()).appendTo(out);
    if (withParts || !segment.complete()) {
      for (PartEntry entry : segment.parts()) {
        new Part(entry).appendTo(out);
      }
    }
    if (segment.complete()) {
      if (segment.gap()) {
        out.append("#EXT-X-GAP\n");
      }
      appendUri(out, segment);
    }
  }

  static void appendUri(StringBuilder out, Segment segment) {
    Decimal.appendFull(out.append("#EXTINF:"), segment.durationUs()).append(",\n");
    out.append(segment.epoch()).append('-').append(segment.msn()).append(".m4s\n");
  }

  private static void appendReports(StringBuilder out, StreamView view, RenditionView shown) {
    // RFC 8216bis B.1: one for each other playlist that the multivariant playlist lists.
    Offer.of(view)
        .renditions()
        .filter(other -> other != shown)
        .forEach(other -> RenditionReport.of(other).appendTo(out));
  }
}
