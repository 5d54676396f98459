package dev.millrace.media.hls;

import static java.util.Comparator.comparingLong;

import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.log.Segment;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Thumbnail;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The index of a stream's thumbnails as WebVTT (W3C WebVTT, §4 syntax): a cue for each segment of
 * the window that has one, whose text is the picture's address relative to the index.
 *
 * <p>Cue times count from the midnight (UTC) before the first listed segment, so that they stay the
 * same while the window slides; it stands in the header as {@code X-PROGRAM-DATE-TIME}, so that a
 * player can find the cue of a wall time. What lies before it (a clock that was turned back) has no
 * cue.
 */
public final class Storyboard {
  private static final long US_PER_HOUR = 3_600_000_000L;
  private static final long US_PER_DAY = 24 * US_PER_HOUR;

  private Storyboard() {}

  /** Writes the index; with no cue if there is no thumbnail of a listed segment. */
  public static String render(StreamView view, List<Thumbnail> thumbnails) {
    Map<Long, Segment> segments = segments(view);
    long firstUs =
        segments.values().stream()
            .min(comparingLong(Segment::msn))
            .map(Segment::programDateTimeUs)
            .orElse(0L);
    long zeroUs = Math.floorDiv(firstUs, US_PER_DAY) * US_PER_DAY;
    StringBuilder out = new StringBuilder(64 + 80 * thumbnails.size());
    out.append("WEBVTT\nX-PROGRAM-DATE-TIME:");
    new ProgramDateTime(zeroUs).appendValue(out).append('\n');
    thumbnails.stream()
        .sorted(comparingLong(Thumbnail::msn))
        .forEach(
            thumbnail -> {
              Segment segment = segments.get(thumbnail.msn());
              if (segment != null && segment.programDateTimeUs() >= zeroUs) {
                appendCue(out, segment, thumbnail, zeroUs);
              }
            });
    return out.toString();
  }

  /** The segments of all video renditions, which have the same borders. */
  private static Map<Long, Segment> segments(StreamView view) {
    Map<Long, Segment> segments = new HashMap<>();
    view.renditions().stream()
        .filter(each -> each.description().type() == MediaType.VIDEO)
        .flatMap(each -> each.completeSegments().stream())
        .forEach(segment -> segments.putIfAbsent(segment.msn(), segment));
    return segments;
  }

  private static void appendCue(
      StringBuilder out, Segment segment, Thumbnail thumbnail, long zeroUs) {
    long startUs = segment.programDateTimeUs() - zeroUs;
    appendTime(out.append('\n'), startUs).append(" --> ");
    appendTime(out, startUs + segment.durationUs()).append("\nthumbnails/");
    out.append(thumbnail.epoch()).append('-').append(thumbnail.msn()).append(".jpg\n");
  }

  /** {@code HH:MM:SS.mmm}, with as many digits for the hours as they need. */
  private static StringBuilder appendTime(StringBuilder out, long us) {
    long hours = us / US_PER_HOUR;
    out.append(hours < 10 ? "0" : "").append(hours);
    long ms = us / 1000 % 3_600_000;
    Decimal.appendPadded(out.append(':'), ms / 60_000, 10);
    Decimal.appendPadded(out.append(':'), ms / 1000 % 60, 10);
    return Decimal.appendPadded(out.append('.'), ms % 1000, 100);
  }
}
