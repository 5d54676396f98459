package dev.millrace.transcoder.packager;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Track;
import dev.millrace.media.cmaf.Fragment;
import dev.millrace.media.cmaf.Sample;
import dev.millrace.media.log.Targets;
import dev.millrace.transcoder.packager.AudioCount.Counted;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Cuts audio frames, with the times of {@link AudioCount}, into parts. Segments end at the frame
 * border nearest to the video's cut; without video to follow, audio leads and cuts by time.
 */
final class AudioCutter {
  /** Times in whole milliseconds are off by half of one at most, at either end. */
  private static final long ROUNDING_US = 2_000;

  private final RenditionWriter writer;
  private final Consumer<Cut> onCut;
  private final Runnable beforePart;
  private final AudioCount count;
  private final int timescale;
  private final int frameLength;
  private final long partTarget;
  private final long segmentTarget;
  private final Deque<Cut> cuts = new ArrayDeque<>();

  private List<Sample> samples = new ArrayList<>();
  private boolean placing;
  private boolean gapPart;
  private long segmentStart;
  private long partStart;
  private long partEnd;
  private boolean leads;

  AudioCutter(
      RenditionWriter writer,
      Track.Audio track,
      Targets targets,
      long originUs,
      Consumer<Cut> onCut,
      Runnable beforePart) {
    this.writer = writer;
    this.onCut = onCut;
    this.beforePart = beforePart;
    this.count = new AudioCount(track, targets, originUs);
    this.timescale = track.sampleRate();
    this.frameLength = track.samplesPerFrame();
    this.partTarget = targets.partTargetUs() * timescale / 1_000_000;
    this.segmentTarget = Ticks.fromUs(targets.segmentUs(), timescale);
  }

  /** Whether this track decides where segments end. */
  void leads(boolean leading) {
    leads = leading;
  }

  /** Media time up to which frames are appended or waiting in the open part. */
  long releasedUs() {
    return Ticks.toUs(partEnd, timescale);
  }

  /** Media time up to which frames have arrived. */
  long arrivedUs() {
    return count.arrivedUs();
  }

  /** Time, on the session's timeline, of the next frame with which a part or segment may end. */
  long wakeDtsUs() {
    if (!count.anchored() || !cuts.isEmpty() || !count.queue().isEmpty()) {
      return Long.MIN_VALUE;
    }
    long wake = partStart + partTarget - 2L * frameLength;
    if (leads) {
      wake = Math.min(wake, segmentStart + segmentTarget - 2L * frameLength);
    }
    return count.sessionUs(wake) - ROUNDING_US;
  }

  /** Takes the next frame; {@link #release} passes it on. */
  void frame(Frame frame) {
    count.frame(frame);
    begin();
  }

  /** The publisher sends no audio: fills up to this media time. */
  void fillUntil(long mediaUs) {
    count.fillUntil(mediaUs);
    begin();
  }

  /** Parts begin where the count begins. */
  private void begin() {
    if (!placing && count.anchored()) {
      placing = true;
      long at = count.queue().isEmpty() ? count.next() : count.queue().element().at();
      segmentStart = at;
      partStart = at;
      partEnd = at;
    }
  }

  /** The leading track begins a new segment here. */
  void cut(Cut cut) {
    cuts.add(cut);
  }

  /** This track leads: what comes next stands behind a discontinuity. */
  void cutNow(long wallUs) {
    long atUs = count.arrivedUs();
    Cut last = cuts.peekLast();
    long sinceUs = last == null ? Ticks.toUs(segmentStart, timescale) : last.atUs();
    if (placing && atUs > sinceUs) {
      long anchorUs = Math.max(wallUs, writer.anchorUs() + atUs) - atUs;
      lead(new Cut(atUs, true, anchorUs));
    }
  }

  /**
   * Passes queued frames on.
   *
   * @param horizonUs every cut before this media time is known
   * @param earliestCutUs no further cut is expected before this
   */
  void release(long horizonUs, long earliestCutUs) {
    closeIfFull(horizonUs, earliestCutUs);
    Deque<Counted> queue = count.queue();
    for (Counted head = queue.peek(); head != null; head = queue.peek()) {
      long middleUs = Ticks.toUs(head.middle(), timescale);
      Cut cut = cuts.peek();
      if (cut != null && middleUs >= cut.atUs() && !segmentEmpty()) {
        endSegment(cut);
        continue;
      }
      if (cut == null && middleUs > horizonUs) {
        return;
      }
      queue.remove();
      place(head);
      if (leads && cuts.isEmpty() && partEnd - segmentStart + frameLength / 2 >= segmentTarget) {
        lead(Cut.at(Ticks.toUs(partEnd, timescale)));
      }
      closeIfFull(horizonUs, earliestCutUs);
    }
  }

  /** Parts begin here, in ticks of the sample rate; nothing may have come before. */
  void startAt(long at) {
    count.startAt(at);
    begin();
  }

  /** Ends the open segment at this border; what has not come before it is filled with silence. */
  void endSegmentAt(Cut cut) {
    count.fillUntil(cut.atUs());
    cuts.add(cut);
    release(cut.atUs(), cut.atUs());
    if (!cuts.isEmpty()) {
      endSegment(cut);
    }
  }

  /** Appends what has come; the segment stays open. */
  void stop() {
    release(Long.MAX_VALUE, Long.MAX_VALUE);
    if (partEnd > partStart) {
      closePart(false);
    }
  }

  /** Ends the open segment at this media time; what is queued for later is dropped. */
  void flush(long endUs) {
    fillUntil(endUs);
    cuts.add(Cut.at(endUs));
    release(endUs, endUs);
    while (!cuts.isEmpty()) {
      endSegment(cuts.peek());
    }
    count.queue().clear();
  }

  private void lead(Cut cut) {
    cuts.add(cut);
    onCut.accept(cut);
  }

  private boolean segmentEmpty() {
    return partEnd == partStart && writer.segmentEmpty();
  }

  private void place(Counted frame) {
    boolean gap = frame.data().isEmpty();
    if (partEnd > partStart && (gap != gapPart || frame.end() - partStart > partTarget)) {
      closePart(false);
    }
    gapPart = gap;
    if (!gap) {
      samples.add(new Sample(frame.duration(), 0, true, frame.data()));
    }
    partEnd = frame.end();
  }

  /** Closes the part if its segment ends with it, or if the next frame would cross the target. */
  private void closeIfFull(long horizonUs, long earliestCutUs) {
    if (partEnd == partStart) {
      return;
    }
    long nextMiddleUs = Ticks.toUs(partEnd + frameLength / 2, timescale);
    Cut cut = cuts.peek();
    if (cut != null && nextMiddleUs >= cut.atUs()) {
      endSegment(cut);
    } else if (partEnd + frameLength - partStart > partTarget) {
      if (leads || cut != null || nextMiddleUs < Math.max(horizonUs, earliestCutUs)) {
        closePart(false);
      }
    }
  }

  private void endSegment(Cut cut) {
    if (partEnd == partStart) {
      writer.endSegment();
    } else {
      closePart(true);
    }
    if (cut.discontinuity()) {
      writer.discontinuity(cut.atUs(), cut.anchorUs());
    }
    segmentStart = partEnd;
    cuts.remove();
  }

  private void closePart(boolean endOfSegment) {
    beforePart.run();
    long endUs = Ticks.toUs(partEnd, timescale);
    if (gapPart) {
      writer.gapUntil(writer.anchorUs() + endUs, endOfSegment);
    } else {
      Bytes data = Fragment.write(writer.nextFragment(), partStart, samples);
      writer.part(Ticks.toUs(partStart, timescale), endUs, data, true, 0, endOfSegment);
      samples = new ArrayList<>(samples.size());
    }
    partStart = partEnd;
  }
}
