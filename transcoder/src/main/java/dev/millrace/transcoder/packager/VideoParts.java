package dev.millrace.transcoder.packager;

import dev.millrace.media.Bytes;
import dev.millrace.media.cmaf.Fragment;
import dev.millrace.media.cmaf.Sample;
import dev.millrace.media.log.Targets;
import java.util.ArrayList;
import java.util.List;

/**
 * The open part of a video rendition: samples whose decode times are a chain (ADR 5), each
 * beginning where the one before ends. Times are 90 kHz ticks of the section.
 */
final class VideoParts {
  static final int TIMESCALE = 90_000;

  /** A part is closed at this many frames, should their times stand still. */
  private static final int MAX_SAMPLES = 1_000;

  private final RenditionWriter writer;
  private final Runnable beforePart;
  private final long target;

  private List<Sample> samples = new ArrayList<>();
  private boolean independent;
  private long start;
  private long chainEnd;

  /**
   * @param beforePart called before a part is appended
   */
  VideoParts(RenditionWriter writer, Targets targets, Runnable beforePart) {
    this.writer = writer;
    this.beforePart = beforePart;
    this.target = targets.partTargetUs() * TIMESCALE / 1_000_000;
  }

  /** A frame placed in the chain, its duration unknown. */
  record Pending(long decodeTime, long presentationTime, boolean key, Bytes data) {}

  /** Where the open part begins. */
  long start() {
    return start;
  }

  /** Where the next sample begins. */
  long chainEnd() {
    return chainEnd;
  }

  long target() {
    return target;
  }

  /** Whether the open part has no sample. */
  boolean isEmpty() {
    return samples.isEmpty();
  }

  /** The chain begins or goes on here; no part may be open. */
  void startAt(long at) {
    chainEnd = at;
    start = at;
  }

  /** Adds a sample, closing parts so that none crosses the target but for a single long sample. */
  void add(Pending frame, long duration) {
    long end = frame.decodeTime() + duration;
    closeIfCrossing(end);
    if (samples.isEmpty()) {
      independent = frame.key();
    }
    int offset = Math.toIntExact(frame.presentationTime() - frame.decodeTime());
    samples.add(new Sample(Math.toIntExact(duration), offset, frame.key(), frame.data()));
    chainEnd = end;
    if (end - start > target || samples.size() >= MAX_SAMPLES) {
      close(false);
    }
  }

  /** Closes the open part if one that ended here would cross the target. */
  void closeIfCrossing(long end) {
    if (end - start > target) {
      close();
    }
  }

  /** Closes the open part if there is one; its segment goes on. */
  void close() {
    if (!samples.isEmpty()) {
      close(false);
    }
  }

  /** Ends the segment with the open part, or by an end marker if all is out. */
  void endSegment() {
    if (samples.isEmpty()) {
      writer.endSegment();
    } else {
      close(true);
    }
  }

  /**
   * Appends the open part. A single frame that lasts longer than the part target stands in the
   * first of several equal parts; the others are fragments without samples (ADR 5).
   */
  private void close(boolean endOfSegment) {
    beforePart.run();
    int firstSize = samples.getFirst().data().length();
    long length = chainEnd - start;
    long pieces = Math.max(1, (length + target - 1) / target);
    long from = start;
    for (long piece = 1; piece <= pieces; piece++) {
      long to = start + length * piece / pieces;
      Bytes data =
          piece == 1
              ? Fragment.write(writer.nextFragment(), start, samples)
              : EmptyFragment.write(writer.nextFragment(), chainEnd);
      writer.part(
          Ticks.toUs(from, TIMESCALE),
          Ticks.toUs(to, TIMESCALE),
          data,
          piece == 1 && independent,
          piece == 1 && independent ? keyFrameBytes(data, firstSize) : 0,
          piece == pieces && endOfSegment);
      from = to;
    }
    samples = new ArrayList<>(samples.size());
    start = chainEnd;
  }

  /** The movie fragment box begins with its size; the first sample follows the header of mdat. */
  private static int keyFrameBytes(Bytes fragment, int firstSize) {
    return fragment.s32(0) + 8 + firstSize;
  }
}
