package dev.millrace.transcoder.packager;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.cmaf.Fragment;
import dev.millrace.media.cmaf.Sample;
import dev.millrace.media.log.Targets;
import java.util.ArrayList;
import java.util.List;
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
  static final int TIMESCALE = 90_000;

  /** Times in whole milliseconds are off by half of one at most, at either end. */
  private static final long ROUNDING_US = 2_000;

  /** A part is closed at this many frames, should their times stand still. */
  private static final int MAX_SAMPLES = 1_000;

  /** A frame placed in the chain, its duration unknown. */
  private record Pending(long decodeTime, long presentationTime, boolean key, Bytes data) {}

  private final RenditionWriter writer;
  private final SegmentClock clock;
  private final WallClock wallClock;
  private final FrameCadence cadence;
  private final Consumer<Cut> onCut;
  private final Runnable beforePart;
  private final long originUs;
  private final long decodeShiftUs;
  private final long partTarget;

  private List<Sample> samples = new ArrayList<>();
  private boolean independent;
  private long partStart;
  private long chainEnd;
  private @Nullable Pending pending;
  private long fragments;
  private long arrivedNanos;

  /**
   * @param origin of the section's media time, made of its first key frame
   * @param onCut hears of every segment border, before anything of the new segment is appended
   * @param beforePart called before a part is appended
   */
  VideoCutter(
      RenditionWriter writer,
      Origin origin,
      Section.Surroundings around,
      FrameCadence cadence,
      Consumer<Cut> onCut,
      Runnable beforePart) {
    Targets targets = around.targets();
    this.writer = writer;
    this.clock = new SegmentClock(targets);
    this.wallClock = around.wallClock();
    this.cadence = cadence;
    this.onCut = onCut;
    this.beforePart = beforePart;
    this.originUs = origin.originUs();
    this.decodeShiftUs = origin.decodeShiftUs();
    this.partTarget = targets.partTargetUs() * TIMESCALE / 1_000_000;
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
    return pending == null && samples.isEmpty() && writer.segmentEmpty();
  }

  /** Everything before this media time is settled: no cut will come before it. */
  long horizonUs() {
    return Ticks.toUs(pending != null ? pending.decodeTime() : chainEnd, TIMESCALE);
  }

  /** No cut will come before this media time while the source goes on as it is. */
  long earliestCutUs() {
    long known = pending != null ? pending.decodeTime() + 1 : chainEnd;
    return Ticks.toUs(Math.max(known, clock.earliestCut(predicted())), TIMESCALE);
  }

  /** The media time at which a frame would be decoded if the chain were exact. */
  long mediaTimeUs(Frame frame) {
    return frame.dtsUs() - originUs + decodeShiftUs;
  }

  /** Decode time, on the session's timeline, of the next frame with which something may end. */
  long wakeDtsUs() {
    long duration = predicted();
    long full = partStart + partTarget - 2 * duration;
    if (pending != null && pending.decodeTime() > full) {
      return Long.MIN_VALUE; // the part waits for whatever comes next
    }
    long wake = Math.min(full, clock.forcedCut() - duration);
    return Ticks.toUs(wake, TIMESCALE) + originUs - decodeShiftUs - ROUNDING_US;
  }

  /** The publisher's clock jumped: the next cut at a key frame anchors wall time anew. */
  void timeBroken() {
    clock.wantBreak(pending != null ? pending.decodeTime() : chainEnd);
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
    Pending next = new Pending(chainEnd, presentationTime, frame.key(), frame.data());
    if (clock.cutsAt(next.decodeTime(), next.key(), predicted())) {
      cut(next.decodeTime(), next.key());
    }
    clock.placed(next.decodeTime(), next.key());
    pending = next;
    closeEagerly(next);
  }

  /** Starts or resumes the chain at a media time; the segment there must be new. */
  void startAt(long mediaUs) {
    chainEnd = Ticks.fromUs(mediaUs, TIMESCALE);
    partStart = chainEnd;
    clock.begin(chainEnd);
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
    endSegment();
    return Ticks.toUs(chainEnd, TIMESCALE);
  }

  /** Closes the part with this frame if the next one would cross the part target. */
  private void closeEagerly(Pending last) {
    long duration = predicted();
    long end = last.decodeTime() + duration;
    if (end - partStart > partTarget && !samples.isEmpty()) {
      closePart(false);
    }
    if (end + duration - partStart <= partTarget) {
      return;
    }
    if (clock.mustCutAt(end, duration) && !clock.breakWanted()) {
      settle(last, duration);
      pending = null;
      cut(end, false);
    } else if (!clock.mayCutAt(end, duration)) {
      settle(last, duration);
      pending = null;
      if (!samples.isEmpty()) {
        closePart(false);
      }
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
    if (end - partStart > partTarget && !samples.isEmpty()) {
      closePart(false);
    }
    if (samples.isEmpty()) {
      independent = frame.key();
    }
    int offset = Math.toIntExact(frame.presentationTime() - at);
    samples.add(new Sample(Math.toIntExact(duration), offset, frame.key(), frame.data()));
    chainEnd = end;
    if (end - partStart > partTarget || samples.size() >= MAX_SAMPLES) {
      closePart(false);
    }
  }

  /** A new segment begins here; all samples of the old one are in the open part or already out. */
  private void cut(long at, boolean key) {
    endSegment();
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

  private void endSegment() {
    if (samples.isEmpty()) {
      writer.endSegment();
    } else {
      closePart(true);
    }
  }

  /**
   * Appends the open part. A single frame that lasts longer than the part target stands in the
   * first of several equal parts; the others are fragments without samples (ADR 5).
   */
  private void closePart(boolean endOfSegment) {
    beforePart.run();
    long length = chainEnd - partStart;
    long pieces = Math.max(1, (length + partTarget - 1) / partTarget);
    long from = partStart;
    for (long piece = 1; piece <= pieces; piece++) {
      long to = partStart + length * piece / pieces;
      Bytes data =
          piece == 1
              ? Fragment.write(++fragments, partStart, samples)
              : EmptyFragment.write(++fragments, chainEnd);
      writer.part(
          Ticks.toUs(from, TIMESCALE),
          Ticks.toUs(to, TIMESCALE),
          data,
          piece == 1 && independent,
          piece == pieces && endOfSegment);
      from = to;
    }
    samples = new ArrayList<>(samples.size());
    partStart = chainEnd;
  }

  private long predicted() {
    return Math.max(1, Math.round(cadence.predictedUs() * 0.09));
  }
}
