package dev.millrace.transcoder.packager;

import dev.millrace.media.Frame;
import dev.millrace.media.Track;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.SegmentMark;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One further video track of the publisher on its way into its own rendition, unchanged. Its frames
 * wait until the segment clock has decided about their time; then {@link RungWriter} does the rest.
 */
final class PassthroughTrack {
  /** Frames held at most; should the leading track stand still, the oldest go. */
  private static final int MAX_HELD = 1_000;

  /** Without frames for so long, segments of the rendition end without it. */
  private static final long PATIENCE_US = 500_000;

  /** Times are whole milliseconds: key frames this close are at one time. */
  private static final long SAME_US = 4_000;

  private static final int MISALIGNED = 3;

  private final RungWriter writer;
  private final KeyFrameTimes leading;
  private final Deque<Frame> held = new ArrayDeque<>();
  private Track.@Nullable Video track;
  private NalLengths nalLengths = new NalLengths(4);
  private boolean needsKey = true;
  private long shiftUs;
  private long lastUs;
  private int misplaced;
  private boolean misaligned;

  /**
   * @param leading the leading track's key frames
   */
  PassthroughTrack(RungWriter writer, KeyFrameTimes leading) {
    this.writer = writer;
    this.leading = leading;
  }

  /** What the next frames are. */
  void describe(Track.Video next, RenditionDescription description) {
    Track.Video known = track;
    if (known != null && known.configuration().equals(next.configuration())) {
      return;
    }
    track = next;
    nalLengths = NalLengths.of(next);
    writer.describe(next, description);
  }

  void frame(Frame frame) {
    if (track == null || !nalLengths.intact(frame.data())) {
      return;
    }
    if (held.size() >= MAX_HELD) {
      held.clear();
      needsKey = true;
    }
    held.add(frame);
  }

  /**
   * The next mark. What is held is of the time before it, or waits for {@link #settled}; of another
   * section it must have been given before by {@link #flush}.
   */
  void mark(SegmentMark mark) {
    writer.mark(mark);
  }

  /** A section begins: its first frame must be a key frame. */
  void beginSection() {
    needsKey = true;
    lastUs = Long.MIN_VALUE;
  }

  /** No cut will come before this session time, and none at it that was not told. */
  void settled(long sessionUs) {
    while (!held.isEmpty() && shownUs(held.element()) < sessionUs - SAME_US) {
      give(held.remove());
    }
    writer.progress(Math.max(lastUs, sessionUs - PATIENCE_US));
  }

  /** The section ends: everything that has come goes out. */
  void flush() {
    while (!held.isEmpty()) {
      give(held.remove());
    }
  }

  /** Whether its key frames stand elsewhere than the leading track's. */
  boolean isMisaligned() {
    return misaligned;
  }

  /** The presentation is over. */
  void end() {
    writer.end();
  }

  /** Decode time on the scale of presentation times, as cuts are told. */
  private long shownUs(Frame frame) {
    return needsKey ? frame.ptsUs() : frame.dtsUs() + shiftUs;
  }

  private void give(Frame frame) {
    if (needsKey && !frame.key()) {
      return;
    }
    if (needsKey) {
      needsKey = false;
      shiftUs = frame.ptsUs() - frame.dtsUs();
    }
    if (frame.key()) {
      align(frame.ptsUs());
    }
    lastUs = frame.dtsUs() + shiftUs;
    writer.frame(frame);
  }

  /** One key frame in the wrong place may be a scene cut; one in the right place, chance. */
  private void align(long ptsUs) {
    misplaced = Math.clamp(misplaced + (leading.near(ptsUs, SAME_US) ? -1 : 1), 0, MISALIGNED);
    boolean now = misplaced == MISALIGNED || (misaligned && misplaced > 0);
    if (now != misaligned) {
      misaligned = now;
      writer.joinAnywhere(now);
    }
  }
}
