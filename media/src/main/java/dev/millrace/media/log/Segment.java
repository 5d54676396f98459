package dev.millrace.media.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A media segment as the log tells it: complete, or the open one at the live edge. Immutable.
 *
 * @param discontinuitySequence absolute; an EXT-X-DISCONTINUITY stands before this segment if it is
 *     greater than that of the segment before
 * @param init file name of the initialization section
 * @param programDateTimeUs wall time of the first part's start, microseconds since 1970
 * @param gap some of its media does not exist, so that it cannot be loaded as a whole
 * @param parts without the end marker; never empty
 * @param endMarker the entry that completed it, where that was not its last part
 * @param durationUs of all its parts so far
 */
public record Segment(
    long epoch,
    long msn,
    long discontinuitySequence,
    String init,
    long programDateTimeUs,
    boolean gap,
    List<PartEntry> parts,
    Optional<PartEntry> endMarker,
    boolean complete,
    long durationUs) {

  public Segment {
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("segment " + msn + " needs a part");
    }
  }

  /** The segment that this entry opens. */
  static Segment begin(PartEntry first) {
    return new Segment(
        first.position().epoch(),
        first.position().msn(),
        first.discontinuitySequence(),
        first.init(),
        first.programDateTimeUs(),
        first.gap(),
        List.of(first),
        Optional.empty(),
        first.endOfSegment(),
        first.durationUs());
  }

  /** This segment and one more entry. */
  Segment with(PartEntry entry) {
    if (entry.isEndMarker()) {
      return new Segment(
          epoch,
          msn,
          discontinuitySequence,
          init,
          programDateTimeUs,
          gap,
          parts,
          Optional.of(entry),
          true,
          durationUs);
    }
    List<PartEntry> more = new ArrayList<>(parts.size() + 1);
    more.addAll(parts);
    more.add(entry);
    return new Segment(
        epoch,
        msn,
        discontinuitySequence,
        init,
        programDateTimeUs,
        gap || entry.gap(),
        more,
        Optional.empty(),
        entry.endOfSegment(),
        durationUs + entry.durationUs());
  }

  /** This segment, closed as it is because its presentation ended. */
  Segment closed() {
    return complete
        ? this
        : new Segment(
            epoch,
            msn,
            discontinuitySequence,
            init,
            programDateTimeUs,
            gap,
            parts,
            endMarker,
            true,
            durationUs);
  }

  /** Whether decoding can start with its first frame. */
  public boolean startsIndependent() {
    return parts.getFirst().independent();
  }

  /** The last entry of the log that belongs to it. */
  public PartEntry lastEntry() {
    return endMarker.orElseGet(parts::getLast);
  }

  /** The entries that make this segment, in the order of the log. */
  public List<PartEntry> entries() {
    if (endMarker.isEmpty()) {
      return parts;
    }
    List<PartEntry> all = new ArrayList<>(parts);
    all.add(endMarker.get());
    return all;
  }

  /** What its parts weigh together. */
  public long sizeBytes() {
    long size = 0;
    for (PartEntry part : parts) {
      size += part.sizeBytes();
    }
    return size;
  }

  /** The name of the whole segment. */
  public FileName.Segment fileName() {
    return new FileName.Segment(epoch, msn);
  }
}
