package dev.millrace.transcoder.packager;

import dev.millrace.media.Frame;
import dev.millrace.media.Track;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import dev.millrace.transcoder.packager.RungLog.Planned;
import dev.millrace.transcoder.packager.VideoParts.Pending;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the video of a rung at the marks. Its first sample of a segment is decoded exactly when the
 * mark says, whatever millisecond its frame has; the composition offset keeps its presentation.
 *
 * <pre>
 * state    event                                                        to
 * gap      key frame, the first of a segment that is wanted             media
 *          (or, where that is allowed, in the middle of one)
 * media    a segment that is not wanted, or without any frame; no frame
 *          for a second; another encoder; end of the section            gap
 * </pre>
 */
final class RungVideo implements RungMedia {
  /** Frame times are whole milliseconds, marks are exact: a frame this early begins the segment. */
  static final long EARLY_US = 4_000;

  /** The first frame of a segment may come this much after its mark (damage, low frame rates). */
  private static final long LATE_US = 250_000;

  /** Without frames for so long, the rung is a gap until the next mark. */
  private static final long STALLED_US = 1_000_000;

  /** Media that ends this much before its segment is followed by a gap. */
  private static final long HOLE_US = 50_000;

  private static final int TIMESCALE = VideoParts.TIMESCALE;

  private final RungLog log;
  private final RenditionDescription description;
  private final Targets targets;
  private final FrameCadence cadence;
  private final BooleanSupplier anywhere;
  private @Nullable VideoParts parts;
  private @Nullable Pending pending;
  private boolean writing;
  private long shiftUs;

  /**
   * @param anywhere whether media may begin in mid-segment
   */
  RungVideo(
      RungLog log,
      Track.Video track,
      RenditionDescription description,
      Targets targets,
      BooleanSupplier anywhere) {
    this.log = log;
    this.anywhere = anywhere;
    this.description = description;
    this.targets = targets;
    this.cadence = new FrameCadence(track.frameRate());
  }

  @Override
  public void frame(Frame frame) {
    cadence.frame(frame.dtsUs());
    Optional<Planned> open = log.current();
    if (open.isEmpty() || !open.get().mark().media()) {
      return;
    }
    if (!writing && frame.key()) {
      shiftUs = frame.ptsUs() - frame.dtsUs();
    }
    long originUs = open.get().mark().originUs();
    long mediaUs = frame.dtsUs() - originUs + shiftUs;
    advanceTo(mediaUs + EARLY_US);
    if (!writing && !begin(mediaUs, frame.key())) {
      return;
    }
    VideoParts to = Objects.requireNonNull(parts);
    Pending before = pending;
    if (before != null) {
      long due = Ticks.fromUs(mediaUs, TIMESCALE);
      to.add(before, Math.max(1, due - before.decodeTime()));
    }
    long shown = Ticks.fromUs(frame.ptsUs() - originUs, TIMESCALE);
    pending = new Pending(to.chainEnd(), shown, frame.key(), frame.data());
    closeEagerly(to, pending);
  }

  @Override
  public void progress(long mediaUs) {
    advanceTo(mediaUs);
    VideoParts to = parts;
    if (writing && to != null) {
      Pending last = pending;
      long end = last == null ? to.chainEnd() : last.decodeTime() + predicted();
      long silentUs = mediaUs - Ticks.toUs(end, TIMESCALE);
      if (last != null && silentUs > EARLY_US && isFull(to, end)) {
        settle(to, last, predicted());
        to.close();
      }
      if (silentUs > STALLED_US) {
        stop();
      }
    }
    if (!writing) {
      boolean mayBegin = log.atStart() && log.current().map(open -> !open.shed()).orElse(false);
      long startUs = log.current().map(open -> open.mark().mediaUs()).orElse(0L);
      if (!mayBegin || mediaUs > startUs + LATE_US) {
        log.gapUntil(mediaUs);
      }
    }
  }

  @Override
  public void endSection(long endPdtUs) {
    advanceTo(Long.MAX_VALUE);
    Optional<Planned> open = log.current();
    if (open.isPresent() && open.get().mark().media()) {
      endSegment(endPdtUs - open.get().mark().anchorUs());
      log.endCurrent(endPdtUs);
    }
    drop();
  }

  @Override
  public void stop() {
    VideoParts to = parts;
    if (to != null && writing) {
      if (pending != null) {
        settle(to, pending, predicted());
      }
      to.close();
    }
    drop();
  }

  @Override
  public void drop() {
    writing = false;
    pending = null;
  }

  /** Ends all segments of the section that are followed by one at or before this media time. */
  private void advanceTo(long mediaUs) {
    Optional<Planned> next = log.next();
    while (next.isPresent() && next.get().mark().mediaUs() <= mediaUs) {
      endSegment(next.get().mark().mediaUs());
      log.advance();
      writing &= !next.get().shed();
      if (!writing) {
        pending = null;
      }
      next = log.next();
    }
  }

  /**
   * The open segment ends at this media time. A frame of that time or later which has come already
   * (its mark came late) begins the next one.
   */
  private void endSegment(long mediaUs) {
    VideoParts to = parts;
    if (!writing || to == null) {
      return;
    }
    long end = Ticks.fromUs(mediaUs, TIMESCALE);
    Pending last = pending;
    boolean ofNext = last != null && last.decodeTime() >= end - Ticks.fromUs(EARLY_US, TIMESCALE);
    if (last != null && !ofNext && end - last.decodeTime() <= stalled()) {
      settle(to, last, Math.max(1, end - last.decodeTime()));
    } else if (last != null && !ofNext) {
      settle(to, last, predicted());
    }
    boolean hole = end - to.chainEnd() > Ticks.fromUs(HOLE_US, TIMESCALE);
    if (hole) {
      to.close();
      writing = false;
    } else {
      to.endSegment();
      writing = !log.isCurrent();
    }
  }

  /** Media begins with this frame, if its segment is wanted and nothing of it is written. */
  private boolean begin(long mediaUs, boolean key) {
    Optional<Planned> open = log.current();
    if (!key || open.isEmpty() || open.get().shed()) {
      return false;
    }
    SegmentMark mark = open.get().mark();
    boolean early = mediaUs < mark.mediaUs() - EARLY_US;
    boolean atMark = log.atStart() && !early && mediaUs <= mark.mediaUs() + LATE_US;
    boolean behindGaps = !atMark && anywhere.getAsBoolean() && !early && log.mayJoin();
    if (!atMark && !behindGaps) {
      return false;
    }
    RenditionWriter writer = log.begin(description);
    if (behindGaps) {
      log.gapExactlyUntil(mediaUs);
    }
    long startUs = Math.max(mark.mediaUs(), writer.endPdtUs() - mark.anchorUs());
    VideoParts to = new VideoParts(writer, targets, () -> {});
    to.startAt(Ticks.fromUs(startUs, TIMESCALE));
    parts = to;
    writing = true;
    return true;
  }

  /** Closes the part with this frame if the next one would cross the part target. */
  private void closeEagerly(VideoParts to, Pending last) {
    long end = last.decodeTime() + predicted();
    to.closeIfCrossing(end);
    if (isFull(to, end) && !mayEndAt(end)) {
      settle(to, last, predicted());
      to.close();
    }
  }

  private boolean isFull(VideoParts to, long end) {
    return end + predicted() - to.start() > to.target();
  }

  /**
   * Whether the segment may end with the frame that ends here: the next mark says so, or is not
   * known and the segment is long enough. A segment that ends sooner needs an end marker.
   */
  private boolean mayEndAt(long end) {
    long endUs = Ticks.toUs(end, TIMESCALE) + EARLY_US;
    Optional<Planned> next = log.next();
    if (next.isPresent()) {
      return next.get().mark().mediaUs() <= endUs;
    }
    long startUs = log.current().map(open -> open.mark().mediaUs()).orElse(0L);
    return endUs >= startUs + targets.segmentUs() - cadence.predictedUs() / 2;
  }

  private void settle(VideoParts to, Pending frame, long duration) {
    to.add(frame, duration);
    pending = null;
  }

  private long predicted() {
    return Math.max(1, Ticks.fromUs(cadence.predictedUs(), TIMESCALE));
  }

  private long stalled() {
    return Ticks.fromUs(STALLED_US, TIMESCALE) + predicted();
  }
}
