package dev.millrace.transcoder.packager;

import dev.millrace.media.log.Targets;

/**
 * Decides where segments of a video source begin (ADR 3): at the first key frame at or after the
 * segment target; where none comes in time, at a frame before the target duration would be
 * exceeded. A source whose last group of pictures was longer than that is cut into even pieces.
 * After a cut without a key frame the next key frame begins a segment at once. Times are 90 kHz
 * ticks.
 */
final class SegmentClock {
  /** A segment has at least this much, so that every rendition has a frame in it. */
  static final long MINIMUM_US = 50_000;

  private static final long MINIMUM = 4_500;

  /**
   * A key frame may come this much late without its segment being cut before it: EXTINF is rounded
   * to whole seconds before it is compared (RFC 8216bis 4.4.3.1), and 4 s of 29.97 fps are 4.004 s.
   */
  private static final long SLACK = 900;

  /** Whole-millisecond times make a key frame come up to a frame early. */
  private static final long MAX_TOLERANCE = 1_800;

  private final long segmentTarget;
  private final long limit;
  private long start;
  private boolean independent;
  private boolean breakWanted;
  private long breakWantedSince;
  private long lastKey = Long.MIN_VALUE;
  private long lastGop;

  SegmentClock(Targets targets) {
    segmentTarget = Ticks.fromUs(targets.segmentUs(), 90_000);
    limit = targets.targetDurationS() * 90_000L + SLACK;
  }

  long start() {
    return start;
  }

  /** The longest a segment may get. */
  long limit() {
    return limit;
  }

  /** A segment begins; whether it can be decoded from its start is told by its first frame. */
  void begin(long at) {
    start = at;
    independent = false;
  }

  /**
   * The wall time of what follows must be anchored anew, at the next key frame if one comes soon.
   */
  void wantBreak(long at) {
    breakWanted = true;
    breakWantedSince = at;
  }

  boolean breakWanted() {
    return breakWanted;
  }

  /** Whether the cut at this frame carries the wanted break; it is then no longer wanted. */
  boolean takeBreak(long at, boolean key) {
    boolean taken = breakWanted && (key || at - breakWantedSince >= limit);
    if (taken) {
      breakWanted = false;
    }
    return taken;
  }

  /** A frame was placed: remembers key frames, and whether the segment began with one. */
  void placed(long at, boolean key) {
    if (!key) {
      return;
    }
    if (at == start) {
      independent = true;
    }
    if (lastKey != Long.MIN_VALUE && at > lastKey) {
      lastGop = at - lastKey;
    }
    lastKey = at;
  }

  /** Whether the frame at this time, lasting so long, begins a new segment. */
  boolean cutsAt(long at, boolean key, long duration) {
    if (at <= start) {
      return false;
    }
    if (key && at >= earliestKeyCut(duration)) {
      return true;
    }
    return at + duration > forcedCut();
  }

  /** Whether a frame at this time could begin a new segment. */
  boolean mayCutAt(long at, long duration) {
    return at >= earliestKeyCut(duration) || at + duration > forcedCut();
  }

  /** Whether any frame at this time must begin a new segment. */
  boolean mustCutAt(long at, long duration) {
    return at > start && at + duration > forcedCut();
  }

  /** No cut comes before this, as long as the source goes on. */
  long earliestCut(long duration) {
    return Math.min(earliestKeyCut(duration), forcedCut() - duration);
  }

  private long earliestKeyCut(long duration) {
    if (!independent || breakWanted) {
      return start + MINIMUM;
    }
    return start + segmentTarget - Math.min(duration / 2, MAX_TOLERANCE);
  }

  /** A frame that would end after this begins a new segment, key frame or not. */
  long forcedCut() {
    long last = start + limit;
    if (lastGop <= limit || lastKey == Long.MIN_VALUE) {
      return last;
    }
    long pieces = (lastGop + limit - 1) / limit;
    for (long piece = 1; piece < pieces; piece++) {
      long even = lastKey + lastGop * piece / pieces;
      if (even >= start + MINIMUM) {
        return Math.min(even, last);
      }
    }
    return last;
  }
}
