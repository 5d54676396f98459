package dev.millrace.transcoder.packager;

import dev.millrace.media.Bytes;
import dev.millrace.media.MerkleTree;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogTail;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.RenditionSink;
import dev.millrace.media.log.SegmentMark;
import org.jspecify.annotations.Nullable;

/**
 * The end of one rendition's log: counts segments, parts and discontinuities, and dates every
 * entry. Media times are microseconds of the current section; the anchor is the wall time of media
 * time 0.
 */
final class RenditionWriter {
  private final RenditionSink sink;
  private final StreamPath path;

  /** Under which segments are begun. */
  private final long tenure;

  private final String name;

  /** Of the open segment. */
  private long epoch;

  private long msn;
  private int part;
  private long discontinuitySequence;
  private long anchorUs;
  private long endPdtUs;
  private boolean written;
  private boolean broken;
  private boolean mute;
  private boolean muted;
  private long fragments;
  private @Nullable RenditionDescription description;
  private @Nullable String init;

  /**
   * @param broken whether the first entry stands behind a discontinuity that is counted already
   */
  RenditionWriter(
      RenditionSink sink,
      StreamPath path,
      long epoch,
      String name,
      long firstMsn,
      long discontinuitySequence,
      boolean broken) {
    this.sink = sink;
    this.path = path;
    this.tenure = epoch;
    this.epoch = epoch;
    this.name = name;
    this.msn = firstMsn;
    this.discontinuitySequence = discontinuitySequence;
    this.broken = broken;
  }

  /**
   * Goes on where a log ends that another writer left.
   *
   * @param epoch of this writer; a segment that an older one left open is ended under its epoch
   */
  RenditionWriter(RenditionSink sink, StreamPath path, long epoch, String name, LogTail tail) {
    this(sink, path, epoch, name, tail.next().msn(), tail.discontinuitySequence(), false);
    this.epoch = Math.min(epoch, tail.next().epoch());
    this.part = tail.next().part();
    this.endPdtUs = tail.endPdtUs();
    this.written = true;
    this.init = tail.init();
  }

  /** The number of the segment that is open or comes next. */
  long msn() {
    return msn;
  }

  long discontinuitySequence() {
    return discontinuitySequence;
  }

  /** Whether what comes next stands behind a discontinuity. */
  boolean broken() {
    return broken;
  }

  /** Whether anything was ever appended. */
  boolean written() {
    return written;
  }

  boolean segmentEmpty() {
    return part == 0;
  }

  /** Wall time of the end of the last entry; of the anchor where there is none. */
  long endPdtUs() {
    return endPdtUs;
  }

  long anchorUs() {
    return anchorUs;
  }

  /** The sequence number of the next fragment (ISO/IEC 14496-12 8.8.5). */
  long nextFragment() {
    return ++fragments;
  }

  /** Dates media time 0 before the first entry. */
  void anchor(long wallUs) {
    anchorUs = wallUs;
    if (!written) {
      endPdtUs = wallUs;
    }
  }

  /** The first entry of the log begins at this wall time. */
  void joins(long pdtUs) {
    if (!written) {
      endPdtUs = pdtUs;
    }
  }

  /**
   * What follows from this media time on stands behind an EXT-X-DISCONTINUITY: a single one,
   * however often this is called before anything follows. The open segment must have been ended.
   */
  void discontinuity(long atUs, long newAnchorUs) {
    if (!broken) {
      discontinuitySequence++;
      broken = true;
    }
    anchorUs = newAnchorUs;
    endPdtUs = newAnchorUs + atUs;
  }

  /**
   * A segment begins as another rendition decided; the open one must have been ended. Wall time
   * jumps only where EXT-X-DISCONTINUITY stands.
   */
  void enter(SegmentMark mark) {
    if (mark.discontinuitySequence() != discontinuitySequence) {
      discontinuitySequence = mark.discontinuitySequence();
      endPdtUs = mark.pdtUs();
    }
    anchorUs = mark.anchorUs();
  }

  /**
   * Gaps take the place of media, in the same parts: from the next segment on, and until one that
   * can be decoded from its start.
   */
  void mute(boolean on) {
    mute = on;
  }

  /** The sink has been told already, by the writer before. */
  void described(RenditionDescription known) {
    if (known.init().equals(init)) {
      description = known;
    }
  }

  /** Tells the sink what the rendition is, if that is new. */
  void describe(RenditionDescription next) {
    if (!next.equals(description)) {
      check(sink.describe(path, tenure, next));
      description = next;
      init = next.init();
    }
  }

  /**
   * Appends media.
   *
   * @param keyFrameBytes see {@link PartEntry#keyFrameBytes}
   */
  void part(
      long startUs,
      long endUs,
      Bytes data,
      boolean independent,
      int keyFrameBytes,
      boolean endOfSegment) {
    if (part == 0) {
      muted = mute || (muted && !independent);
    }
    if (muted) {
      append(anchorUs + startUs, endUs - startUs, Bytes.EMPTY, false, 0, endOfSegment, true);
      return;
    }
    append(
        anchorUs + startUs, endUs - startUs, data, independent, keyFrameBytes, endOfSegment, false);
  }

  /** Appends one gap from the end of the log to this wall time, at least 1 ms long. */
  void gapUntil(long pdtUs, boolean endOfSegment) {
    long durationUs = Math.max(1_000, pdtUs - endPdtUs);
    append(endPdtUs, durationUs, Bytes.EMPTY, false, 0, endOfSegment, true);
  }

  /** Ends the open segment, by an end marker because its last part is already out. */
  void endSegment() {
    if (part > 0) {
      append(endPdtUs, 0, Bytes.EMPTY, false, 0, true, false);
    }
  }

  private void append(
      long pdtUs,
      long durationUs,
      Bytes data,
      boolean independent,
      int keyFrameBytes,
      boolean endOfSegment,
      boolean gap) {
    String described = init;
    if (described == null) {
      throw new IllegalStateException(name + " is appended to before it is described");
    }
    if (part == 0) {
      epoch = tenure;
    }
    PartEntry entry =
        new PartEntry(
            new LogPosition(epoch, msn, part),
            durationUs,
            data.length(),
            independent,
            endOfSegment,
            gap,
            discontinuitySequence,
            described,
            pdtUs,
            keyFrameBytes,
            data.isEmpty() ? Bytes.EMPTY : data.sha256(),
            MerkleTree.root(data));
    check(sink.append(path, name, entry, data));
    written = true;
    broken = false;
    endPdtUs = pdtUs + durationUs;
    if (endOfSegment) {
      msn++;
      part = 0;
    } else {
      part++;
    }
  }

  /** Turns an answer of the sink into the way on. */
  static void check(AppendResult result) {
    switch (result) {
      case AppendResult.Accepted accepted -> {}
      case AppendResult.Stale stale -> throw new SupersededException(stale.newestEpoch());
      case AppendResult.Expected expected -> throw new MisalignedException(expected.position());
    }
  }
}
