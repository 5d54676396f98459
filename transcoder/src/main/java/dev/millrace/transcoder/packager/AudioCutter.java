package dev.millrace.transcoder.packager;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Track;
import dev.millrace.media.cmaf.Fragment;
import dev.millrace.media.cmaf.Sample;
import dev.millrace.media.log.Targets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Cuts audio frames into parts. Media time is counted in samples and anchored once; only when it is
 * more than 100 ms away from the publisher's times it is pulled back: forward by silence, backward
 * by dropping frames. Segments end at the frame border nearest to the video's cut; without video to
 * follow, audio leads and cuts by time.
 */
final class AudioCutter {
  private static final long MAX_DRIFT_MS = 100;

  /** Times in whole milliseconds are off by half of one at most, at either end. */
  private static final long ROUNDING_US = 2_000;

  /** A hole longer than this is not filled: the count is anchored anew. */
  private static final long MAX_FILL_S = 60;

  /**
   * @param data empty where there is no media and no silent frame is known
   */
  private record Queued(long at, int duration, Bytes data) {
    long end() {
      return at + duration;
    }
  }

  private final RenditionWriter writer;
  private final Consumer<Cut> onCut;
  private final Runnable beforePart;
  private final long originUs;
  private final int timescale;
  private final int frameLength;
  private final long partTarget;
  private final long segmentTarget;
  private final Track.Audio track;

  private final Deque<Queued> queue = new ArrayDeque<>();
  private final Deque<Cut> cuts = new ArrayDeque<>();
  private Optional<Bytes> silence = Optional.empty();
  private boolean anchored;
  private boolean dropping;
  private long next;
  private long correction;
  private long lastDrift;

  private List<Sample> samples = new ArrayList<>();
  private boolean gapPart;
  private long segmentStart;
  private long partStart;
  private long partEnd;
  private long fragments;
  private boolean leads;

  AudioCutter(
      RenditionWriter writer,
      Track.Audio track,
      Targets targets,
      long originUs,
      Consumer<Cut> onCut,
      Runnable beforePart) {
    this.writer = writer;
    this.track = track;
    this.onCut = onCut;
    this.beforePart = beforePart;
    this.originUs = originUs;
    this.timescale = track.sampleRate();
    this.frameLength = track.samplesPerFrame();
    this.partTarget = targets.partTargetUs() * timescale / 1_000_000;
    this.segmentTarget = Ticks.fromUs(targets.segmentUs(), timescale);
    this.silence = Silence.of(track, Bytes.EMPTY);
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
    return Ticks.toUs(next, timescale);
  }

  /** Time, on the session's timeline, of the next frame with which a part or segment may end. */
  long wakeDtsUs() {
    if (!anchored || !cuts.isEmpty() || !queue.isEmpty()) {
      return Long.MIN_VALUE;
    }
    long wake = partStart + partTarget - 2L * frameLength;
    if (leads) {
      wake = Math.min(wake, segmentStart + segmentTarget - 2L * frameLength);
    }
    return Ticks.toUs(wake + correction + lastDrift, timescale) + originUs - ROUNDING_US;
  }

  /** Takes the next frame; {@link #release} passes it on. */
  void frame(Frame frame) {
    if (silence.isEmpty()) {
      silence = Silence.of(track, frame.data());
    }
    long at = Ticks.fromUs(frame.dtsUs() - originUs, timescale);
    if (!anchored) {
      if (at + frameLength / 2 < 0) {
        return;
      }
      anchorAt(at);
    }
    long drift = at - next - correction;
    long most = MAX_DRIFT_MS * timescale / 1000;
    if (drift > MAX_FILL_S * timescale) {
      correction += drift;
    } else if (drift > most) {
      fill(drift);
    } else if (drift < -most || (dropping && drift < -frameLength / 2)) {
      dropping = true;
      return;
    }
    dropping = false;
    drift = at - next - correction;
    int duration = frameLength;
    if (drift > most) { // no silent frame is known: this one is shown longer
      duration = (int) Math.min(frameLength + drift, Math.max(frameLength, partTarget));
    }
    lastDrift = drift;
    add(duration, frame.data());
  }

  /** The publisher sends no audio: fills up to this media time. */
  void fillUntil(long mediaUs) {
    long until = Ticks.fromUs(mediaUs, timescale);
    if (!anchored) {
      anchorAt(0);
    }
    while (next + frameLength / 2 <= until) {
      add(frameLength, silence.orElse(Bytes.EMPTY));
    }
  }

  /** The leading track begins a new segment here. */
  void cut(Cut cut) {
    cuts.add(cut);
  }

  /** This track leads: what comes next stands behind a discontinuity. */
  void cutNow(long wallUs) {
    if (anchored && next > segmentStart) {
      long atUs = Ticks.toUs(next, timescale);
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
    for (Queued head = queue.peek(); head != null; head = queue.peek()) {
      long middleUs = Ticks.toUs(head.at() + head.duration() / 2, timescale);
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

  /** Ends the open segment at this media time; what is queued for later is dropped. */
  void flush(long endUs) {
    fillUntil(endUs);
    cuts.add(Cut.at(endUs));
    release(endUs, endUs);
    while (!cuts.isEmpty()) {
      endSegment(cuts.peek());
    }
    queue.clear();
  }

  private void lead(Cut cut) {
    cuts.add(cut);
    onCut.accept(cut);
  }

  /** The count starts in the first frame's time, filled with silence from the section's start. */
  private void anchorAt(long at) {
    anchored = true;
    long missing = silence.isPresent() ? Math.max(0, at) / frameLength : 0;
    next = Math.max(0, at) - missing * frameLength;
    segmentStart = next;
    partStart = next;
    partEnd = next;
    for (long i = 0; i < missing; i++) {
      add(frameLength, silence.orElse(Bytes.EMPTY));
    }
  }

  private void fill(long drift) {
    long frames = (drift + frameLength / 2) / frameLength;
    for (long i = 0; i < frames && silence.isPresent(); i++) {
      add(frameLength, silence.get());
    }
  }

  private void add(int duration, Bytes data) {
    queue.add(new Queued(next, duration, data));
    next += duration;
  }

  private boolean segmentEmpty() {
    return partEnd == partStart && writer.segmentEmpty();
  }

  private void place(Queued frame) {
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
      Bytes data = Fragment.write(++fragments, partStart, samples);
      writer.part(Ticks.toUs(partStart, timescale), endUs, data, true, endOfSegment);
      samples = new ArrayList<>(samples.size());
    }
    partStart = partEnd;
  }
}
