package dev.millrace.transcoder.packager;

import dev.millrace.media.Frame;
import dev.millrace.media.log.Targets;
import dev.millrace.transcoder.packager.VideoParts.Pending;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts video frames into parts and, by the {@link SegmentClock}, into segments.
 *
 * <p>Decode times are a chain (ADR 5): each sample begins where the one before ends, so that {@code
 * tfdt} of a fragment is exactly the sum of the durations before it. The chain starts at the first
 * key frame's presentation time; composition offsets, which may be negative, keep every
 * presentation time exact. The last frame of a part gets the duration that the cadence predicts, so
 * that the part can go out at once; the frame after it absorbs the error.
 *
 * <p>A frame whose duration is not settled yet is <em>pending</em>: it may still begin a part or
 * segment of its own.
 */
final class VideoCutter {
  private static final int TIMESCALE = VideoParts.TIMESCALE;

  /** Times in whole milliseconds are off by half of one at most, at either end. */
  private static final long ROUNDING_US = 2_000;

  private final RenditionWriter writer;
  private final SegmentClock clock;
  private final WallClock wallClock;
  private final FrameCadence cadence;
  private final Consumer<Cut> onCut;
  private final VideoParts parts;
  private final long originUs;
  private final long decodeShiftUs;

  private @Nullable Pending pending;
  private long arrivedNanos;

  /**
   * @param origin of the section's media time, made of its first key frame
   * @param onCut hears of every segment border, before anything of the new segment is appended
   * @param beforePart called before a part is appended
   */
  VideoCutter(
      RenditionWriter writer,
      Origin origin,
      Surroundings around,
      FrameCadence cadence,
      Consumer<Cut> onCut,
      Runnable beforePart) {
    Targets targets = around.targets();
    this.writer = writer;
    this.clock = new SegmentClock(targets);
    this.wallClock = around.wallClock();
    this.cadence = cadence;
    this.onCut = onCut;
    this.parts = new VideoParts(writer, targets, beforePart);
    this.originUs = origin.originUs();
    this.decodeShiftUs = origin.decodeShiftUs();
  }

  /**
   * How session times become media times of the section.
   *
   * @param originUs session time that is media time 0
   * @param decodeShiftUs added to video decode times: the first key frame's composition offset,
   *     which makes the first sample's decode and presentation times equal
   */
  record Origin(long originUs, long decodeShiftUs) {}

  /** Whether nothing of the open segment has arrived. */
  boolean segmentEmpty() {
    return pending == null && parts.isEmpty() && writer.segmentEmpty();
  }

  /** Everything before this media time is settled: no cut will come before it. */
  long horizonUs() {
    return Ticks.toUs(pending != null ? pending.decodeTime() : parts.chainEnd(), TIMESCALE);
  }

  /** No cut will come before this media time while the source goes on as it is. */
  long earliestCutUs() {
    long known = pending != null ? pending.decodeTime() + 1 : parts.chainEnd();
    return Ticks.toUs(Math.max(known, clock.earliestCut(predicted())), TIMESCALE);
  }

  /** The media time at which a frame would be decoded if the chain were exact. */
  long mediaTimeUs(Frame frame) {
    return frame.dtsUs() - originUs + decodeShiftUs;
  }

  /** Decode time, on the session's timeline, of the next frame with which something may end. */
  long wakeDtsUs() {
    long duration = predicted();
    long full = parts.start() + parts.target() - 2 * duration;
    if (pending != null && pending.decodeTime() > full) {
      return Long.MIN_VALUE; // the part waits for whatever comes next
    }
    long wake = Math.min(full, clock.forcedCut() - duration);
    return Ticks.toUs(wake, TIMESCALE) + originUs - decodeShiftUs - ROUNDING_US;
  }

  /** The publisher's clock jumped: the next cut at a key frame anchors wall time anew. */
  void timeBroken() {
    clock.wantBreak(pending != null ? pending.decodeTime() : parts.chainEnd());
  }

  /** Takes the next frame in decode order. */
  void frame(Frame frame) {
    cadence.frame(frame.dtsUs());
    arrivedNanos = frame.arrivalNanos();
    long due = Ticks.fromUs(mediaTimeUs(frame), TIMESCALE);
    if (pending != null) {
      settle(pending, Math.max(1, due - pending.decodeTime()));
    }
    long presentationTime = Ticks.fromUs(frame.ptsUs() - originUs, TIMESCALE);
    Pending next = new Pending(parts.chainEnd(), presentationTime, frame.key(), frame.data());
    if (clock.cutsAt(next.decodeTime(), next.key(), predicted())) {
      cut(next.decodeTime(), next.key());
    }
    clock.placed(next.decodeTime(), next.key());
    pending = next;
    closeEagerly(next);
  }

  /** Starts or resumes the chain at a media time; the segment there must be new. */
  void startAt(long mediaUs) {
    long at = Ticks.fromUs(mediaUs, TIMESCALE);
    parts.startAt(at);
    clock.begin(at);
  }

  /**
   * Ends the open segment after what has arrived.
   *
   * @return the media time of its end
   */
  long flush() {
    if (pending != null) {
      settle(pending, predicted());
    }
    pending = null;
    parts.endSegment();
    return Ticks.toUs(parts.chainEnd(), TIMESCALE);
  }

  /** Closes the part with this frame if the next one would cross the part target. */
  private void closeEagerly(Pending last) {
    long duration = predicted();
    long end = last.decodeTime() + duration;
    parts.closeIfCrossing(end);
    if (end + duration - parts.start() <= parts.target()) {
      return;
    }
    if (clock.mustCutAt(end, duration) && !clock.breakWanted()) {
      settle(last, duration);
      pending = null;
      cut(end, false);
    } else if (!clock.mayCutAt(end, duration)) {
      settle(last, duration);
      pending = null;
      parts.close();
    }
  }

  /** The frame's duration is known: it joins a part. */
  private void settle(Pending frame, long duration) {
    long at = frame.decodeTime();
    long end = at + duration;
    if (end - clock.start() > clock.limit() && at > clock.start()) {
      cut(at, frame.key());
      clock.placed(at, frame.key());
    }
    parts.add(frame, duration);
  }

  /** A new segment begins here; all samples of the old one are in the open part or already out. */
  private void cut(long at, boolean key) {
    parts.endSegment();
    boolean discontinuity = clock.takeBreak(at, key);
    long atUs = Ticks.toUs(at, TIMESCALE);
    Cut cut = Cut.at(atUs);
    if (discontinuity) {
      cut = new Cut(atUs, true, Math.max(wallClock.usAt(arrivedNanos), writer.endPdtUs()) - atUs);
      writer.discontinuity(atUs, cut.anchorUs());
    }
    clock.begin(at);
    onCut.accept(cut);
  }

  private long predicted() {
    return Math.max(1, Math.round(cadence.predictedUs() * 0.09));
  }
}
