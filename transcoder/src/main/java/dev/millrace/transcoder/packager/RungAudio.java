package dev.millrace.transcoder.packager;

import dev.millrace.media.Frame;
import dev.millrace.media.Track;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import dev.millrace.transcoder.packager.RungLog.Planned;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the audio of a rung at the frame borders nearest to the marks. Frames may come before the
 * mark of their segment is known, so they wait until the source has passed them.
 */
final class RungAudio implements RungMedia {
  /** The first frame of a segment may come this much after its mark. */
  private static final long LATE_US = 250_000;

  /** Audio this far behind the source has stopped: silence follows. */
  private static final long STOPPED_US = 2_000_000;

  /** Silence keeps this much behind the source, for audio that comes back a little late. */
  private static final long SILENCE_MARGIN_US = 250_000;

  private static final int MAX_HELD = 1_000;

  private final RungLog log;
  private final Track.Audio track;
  private final RenditionDescription description;
  private final Targets targets;
  private final long halfUs;
  private final Deque<Frame> held = new ArrayDeque<>();
  private @Nullable AudioCutter cutter;

  RungAudio(RungLog log, Track.Audio track, RenditionDescription description, Targets targets) {
    this.log = log;
    this.track = track;
    this.description = description;
    this.targets = targets;
    this.halfUs = 500_000L * track.samplesPerFrame() / track.sampleRate();
  }

  @Override
  public void frame(Frame frame) {
    if (cutter != null) {
      cutter.frame(frame);
    } else if (log.current().map(open -> open.mark().media()).orElse(false)) {
      held.add(frame);
      if (held.size() > MAX_HELD) {
        held.remove();
      }
    }
  }

  @Override
  public void progress(long mediaUs) {
    if (cutter == null) {
      advanceGap(mediaUs);
      begin(mediaUs);
    }
    if (cutter != null) {
      advanceMedia(mediaUs);
    }
    AudioCutter writing = cutter;
    if (writing == null) {
      boolean mayBegin = log.atStart() && log.current().map(open -> !open.shed()).orElse(false);
      if (!mayBegin || mediaUs > openUs() + LATE_US) {
        log.gapUntil(mediaUs);
      }
      return;
    }
    if (mediaUs - writing.arrivedUs() > STOPPED_US) {
      writing.fillUntil(mediaUs - SILENCE_MARGIN_US);
    }
    // The next mark is not before this unless the source is uneven: a full part need not wait.
    long horizonUs = log.next().map(next -> next.mark().mediaUs()).orElse(Long.MAX_VALUE);
    long earliestUs = Math.max(mediaUs, openUs() + targets.segmentUs() - 2 * LATE_US);
    writing.release(Math.min(mediaUs, horizonUs - 1), Math.min(earliestUs, horizonUs));
  }

  @Override
  public void endSection(long endPdtUs) {
    Optional<Planned> newest = log.current();
    if (cutter == null && newest.isPresent() && newest.get().mark().media()) {
      long endUs = endPdtUs - newest.get().mark().anchorUs();
      advanceGap(endUs);
      begin(endUs);
    }
    if (cutter != null) {
      advanceMedia(Long.MAX_VALUE);
    }
    AudioCutter writing = cutter;
    Optional<Planned> open = log.current();
    if (writing != null && open.isPresent()) {
      writing.endSegmentAt(Cut.at(endPdtUs - open.get().mark().anchorUs()));
    }
    if (open.isPresent() && open.get().mark().media()) {
      log.endCurrent(endPdtUs);
    }
    drop();
  }

  @Override
  public void stop() {
    if (cutter != null) {
      cutter.stop();
    }
    drop();
  }

  @Override
  public void drop() {
    cutter = null;
    held.clear();
  }

  /** Media runs: segments end at the marks. */
  private void advanceMedia(long mediaUs) {
    Optional<Planned> next = log.next();
    while (cutter != null && next.isPresent() && next.get().mark().mediaUs() <= mediaUs) {
      SegmentMark mark = next.get().mark();
      // Counted time may be behind the times of the frames: then some are still to come.
      boolean complete = cutter.arrivedUs() + halfUs >= mark.mediaUs();
      if (!complete && mediaUs - mark.mediaUs() <= AudioCount.MAX_DRIFT_US + 2 * halfUs) {
        return;
      }
      cutter.endSegmentAt(Cut.at(mark.mediaUs()));
      boolean empty = log.isCurrent();
      log.advance();
      if (empty || next.get().shed()) {
        drop();
      }
      next = log.next();
    }
  }

  /** No media runs: a gap ends where the first frame of the next segment begins. */
  private void advanceGap(long mediaUs) {
    Optional<Planned> next = log.next();
    while (next.isPresent() && next.get().mark().mediaUs() + 2 * halfUs <= mediaUs) {
      Planned planned = next.get();
      long borderUs = planned.mark().mediaUs();
      dropBefore(planned.mark(), borderUs);
      long aheadUs = held.isEmpty() ? 0 : timeUs(held.element(), planned.mark()) - borderUs;
      boolean near = !planned.shed() && Math.abs(aheadUs) <= halfUs + 1_000;
      log.advance(planned.endOfPreviousUs() + (near ? aheadUs : 0));
      next = log.next();
    }
  }

  /** Media begins with the open segment, if its first frame is there and the segment wanted. */
  private void begin(long mediaUs) {
    Optional<Planned> open = log.current();
    if (open.isEmpty() || !open.get().mark().media() || open.get().shed() || !log.atStart()) {
      open.ifPresent(waiting -> dropBefore(waiting.mark(), mediaUs - 2 * halfUs));
      return;
    }
    SegmentMark mark = open.get().mark();
    dropBefore(mark, mark.mediaUs());
    if (held.isEmpty()) {
      return;
    }
    long firstUs = timeUs(held.element(), mark);
    if (firstUs + halfUs > mediaUs) {
      return;
    }
    if (firstUs > mark.mediaUs() + LATE_US) {
      held.clear();
      return;
    }
    RenditionWriter writer = log.begin(description);
    AudioCutter begun =
        new AudioCutter(writer, track, targets, mark.originUs(), cut -> {}, () -> {});
    long missing = Math.max(0, (firstUs - mark.mediaUs()) / (2 * halfUs));
    long startUs =
        writer.written()
            ? writer.endPdtUs() - mark.anchorUs()
            : Math.max(0, firstUs - missing * 2 * halfUs);
    begun.startAt(Ticks.fromUs(startUs, track.sampleRate()));
    dropBefore(mark, startUs);
    begun.fillUntil(firstUs);
    held.forEach(begun::frame);
    held.clear();
    cutter = begun;
  }

  private void dropBefore(SegmentMark mark, long mediaUs) {
    while (!held.isEmpty() && timeUs(held.element(), mark) + halfUs < mediaUs) {
      held.remove();
    }
  }

  private static long timeUs(Frame frame, SegmentMark mark) {
    return frame.dtsUs() - mark.originUs();
  }

  private long openUs() {
    return log.current().map(open -> open.mark().mediaUs()).orElse(0L);
  }
}
