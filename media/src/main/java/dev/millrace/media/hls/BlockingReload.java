package dev.millrace.media.hls;

import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Segment;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import java.util.List;

/**
 * Decides when a playlist request may be answered (RFC 8216bis §6.2.5.2, Blocking Playlist Reload).
 * Whoever holds a request asks again after every change of the view; the holder also bounds the
 * waiting, with 503 after three target durations.
 */
public final class BlockingReload {
  private static final int MAX_SEGMENTS_AHEAD = 2;

  /** What to do with a request now. */
  public sealed interface Decision {
    /** Answer with the present playlist. */
    record Ready() implements Decision {}

    /** Hold the request until the view changes. */
    record Wait() implements Decision {}

    /** Answer 400: it asks for what is too far away. */
    record Refuse(String reason) implements Decision {}
  }

  private static final Decision READY = new Decision.Ready();
  private static final Decision WAIT = new Decision.Wait();

  private BlockingReload() {}

  /** The decision for one rendition's playlist. A rendition without media makes everyone wait. */
  public static Decision decide(StreamView view, String rendition, Directives directives) {
    // RFC 8216bis §6.2.5.2: directives are ignored once the playlist has ended.
    if (directives.msn().isEmpty() || view.ended()) {
      return READY;
    }
    RenditionView shown = view.rendition(rendition).orElse(null);
    if (shown == null || shown.segments().isEmpty()) {
      return WAIT;
    }
    long msn = directives.msn().getAsLong();
    Segment tail = shown.segments().getLast();
    long lastComplete = tail.complete() ? tail.msn() : tail.msn() - 1;
    if (msn > lastComplete + MAX_SEGMENTS_AHEAD) {
      return new Decision.Refuse(
          "_HLS_msn=" + msn + " is more than two ahead of segment " + lastComplete);
    }
    if (directives.part().isEmpty()) {
      return msn <= lastComplete ? READY : WAIT;
    }
    int part = directives.part().getAsInt();
    return msn <= lastComplete
        ? decideInComplete(shown.segments(), msn, part)
        : decideAhead(tail, msn, part, advancePartLimit(view.targets()));
  }

  /** A part number past the end of a complete segment means part 0 of the next. */
  private static Decision decideInComplete(List<Segment> segments, long msn, int part) {
    Segment tail = segments.getLast();
    if (msn < tail.msn()) {
      return READY; // Part 0 of the next segment, at the latest, is there too.
    }
    return part < tail.parts().size() ? READY : WAIT;
  }

  private static Decision decideAhead(Segment tail, long msn, int part, int limit) {
    boolean inTail = msn == tail.msn();
    int listed = inTail ? tail.parts().size() : 0;
    if (part < listed) {
      return READY;
    }
    // How many parts must come at the least: each segment in between has one or more.
    long between = inTail ? 0 : Math.max(0, msn - tail.msn() - 1);
    long ahead = (long) part + 1 - listed + between;
    return ahead > limit
        ? new Decision.Refuse(
            "_HLS_part=" + part + " is " + ahead + " parts ahead, the limit is " + limit)
        : WAIT;
  }

  /** RFC 8216bis §6.2.5.2: three parts, or what is three seconds where parts are shorter. */
  static int advancePartLimit(Targets targets) {
    return targets.partTargetUs() >= 1_000_000
        ? 3
        : (int) Math.round(3_000_000.0 / targets.partTargetUs());
  }
}
