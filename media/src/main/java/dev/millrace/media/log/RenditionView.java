package dev.millrace.media.log;

import dev.millrace.media.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One rendition as its log tells it: what it is, and the segments that its playlist lists.
 * Immutable.
 *
 * <p>The window is a function of the complete segments alone: the shortest tail of them that keeps
 * {@link Targets#windowUs}, three target durations (RFC 8216bis §6.2.2) and six segments (Apple
 * authoring specification 8.11). It moves only when a segment becomes complete, and it does not
 * depend on where the reading of the log began, so that all nodes list the same.
 */
public final class RenditionView {
  private static final int MIN_SEGMENTS = 6;

  private final List<RenditionDescription> descriptions;
  private final List<Segment> segments;
  private final long completeUs;

  private RenditionView(
      List<RenditionDescription> descriptions, List<Segment> segments, long completeUs) {
    this.descriptions = descriptions;
    this.segments = segments;
    this.completeUs = completeUs;
  }

  static RenditionView of(RenditionDescription description) {
    return new RenditionView(List.of(description), List.of(), 0);
  }

  /** The newest description. */
  public RenditionDescription description() {
    return descriptions.getLast();
  }

  /** The descriptions of all listed segments in no particular order, and last the newest one. */
  public List<RenditionDescription> descriptions() {
    return descriptions;
  }

  /** The description that came with an initialization section, if a listed segment may need it. */
  public Optional<RenditionDescription> descriptionOf(String init) {
    return descriptions.stream().filter(each -> each.init().equals(init)).findFirst();
  }

  /** The listed window, oldest first; all are complete but the last, which may be open. */
  public List<Segment> segments() {
    return segments;
  }

  /** The segments of the window that are complete. */
  public List<Segment> completeSegments() {
    return openSegment().isPresent() ? segments.subList(0, segments.size() - 1) : segments;
  }

  /** The segment at the live edge, if it is not complete. */
  public Optional<Segment> openSegment() {
    return segments.isEmpty() || segments.getLast().complete()
        ? Optional.empty()
        : Optional.of(segments.getLast());
  }

  /** How long the complete segments of the window last together. */
  public long completeUs() {
    return completeUs;
  }

  /** The position of the last entry (an end marker counts); empty before the first. */
  public Optional<LogPosition> last() {
    return segments.isEmpty()
        ? Optional.empty()
        : Optional.of(segments.getLast().lastEntry().position());
  }

  /**
   * The position that follows in the same session: the part that EXT-X-PRELOAD-HINT names. Empty
   * before the first entry.
   */
  public Optional<LogPosition> next() {
    if (segments.isEmpty()) {
      return Optional.empty();
    }
    Segment tail = segments.getLast();
    return Optional.of(
        tail.complete()
            ? new LogPosition(tail.epoch(), tail.msn() + 1, 0)
            : new LogPosition(tail.epoch(), tail.msn(), tail.parts().size()));
  }

  /** Where the log ends; empty before the first entry. */
  Optional<LogTail> tail() {
    return next()
        .map(
            next -> {
              Segment last = segments.getLast();
              return new LogTail(
                  next,
                  last.programDateTimeUs() + last.durationUs(),
                  last.discontinuitySequence(),
                  last.init(),
                  segments.stream().anyMatch(segment -> segment.sizeBytes() > 0));
            });
  }

  /** Bit rates of the complete segments in the window. */
  public Bitrates bitrates(Targets targets) {
    return Bitrates.measure(segments, targets.targetDurationS());
  }

  RenditionView with(RenditionDescription description) {
    List<RenditionDescription> kept = new ArrayList<>(descriptions.size() + 1);
    for (RenditionDescription each : descriptions) {
      if (!each.init().equals(description.init()) && isListed(each, segments)) {
        kept.add(each);
      }
    }
    kept.add(description);
    return new RenditionView(List.copyOf(kept), segments, completeUs);
  }

  /**
   * Answers what a writer of this entry is to be told; {@link #with(PartEntry, Targets)} does it.
   */
  AppendResult check(PartEntry entry) {
    LogPosition at = entry.position();
    if (segments.isEmpty()) {
      return at.part() == 0
          ? AppendResult.ACCEPTED
          : new AppendResult.Expected(new LogPosition(at.epoch(), at.msn(), 0));
    }
    Segment tail = segments.getLast();
    if (at.epoch() < tail.epoch()) {
      return new AppendResult.Stale(tail.epoch());
    }
    LogPosition next = next().orElseThrow();
    // A new session takes over where a segment ended, under the next media sequence number.
    boolean follows =
        at.msn() == next.msn()
            && at.part() == next.part()
            && (at.epoch() == next.epoch() || tail.complete());
    return follows ? AppendResult.ACCEPTED : new AppendResult.Expected(next);
  }

  /** Refuses what no position could make right. */
  void validate(PartEntry entry) {
    if (descriptionOf(entry.init()).isEmpty()) {
      throw malformed(entry, "an initialization section that was described", entry.init());
    }
    Optional<Segment> open = openSegment();
    if (open.isEmpty() && entry.isEndMarker()) {
      throw malformed(entry, "a part before the end marker", "none");
    }
    if (segments.isEmpty()) {
      return;
    }
    Segment tail = segments.getLast();
    long step = entry.discontinuitySequence() - tail.discontinuitySequence();
    if (step < 0 || step > (open.isPresent() ? 0 : 1)) {
      throw malformed(
          entry,
          "discontinuity sequence "
              + tail.discontinuitySequence()
              + (open.isPresent() ? "" : " or one more"),
          String.valueOf(entry.discontinuitySequence()));
    }
    if (open.isPresent() && !entry.init().equals(tail.init())) {
      throw malformed(entry, "one initialization section in a segment", entry.init());
    }
  }

  RenditionView with(PartEntry entry, Targets targets) {
    List<Segment> all = new ArrayList<>(segments.size() + 1);
    all.addAll(segments);
    Segment tail = openSegment().isPresent() ? all.removeLast().with(entry) : Segment.begin(entry);
    all.add(tail);
    if (!tail.complete()) {
      return new RenditionView(descriptions, List.copyOf(all), completeUs);
    }
    return trimmed(all, completeUs + tail.durationUs(), targets);
  }

  /** All segments closed: the presentation is over. */
  RenditionView ended() {
    if (openSegment().isEmpty()) {
      return this;
    }
    List<Segment> all = new ArrayList<>(segments);
    Segment tail = all.removeLast().closed();
    all.add(tail);
    return new RenditionView(descriptions, List.copyOf(all), completeUs + tail.durationUs());
  }

  private RenditionView trimmed(List<Segment> complete, long allUs, Targets targets) {
    long leastUs = Math.max(targets.windowUs(), targets.targetDurationS() * 3_000_000L);
    long keptUs = allUs;
    int from = 0;
    while (complete.size() - from > MIN_SEGMENTS
        && keptUs - complete.get(from).durationUs() >= leastUs) {
      keptUs -= complete.get(from).durationUs();
      from++;
    }
    List<Segment> kept = List.copyOf(complete.subList(from, complete.size()));
    List<RenditionDescription> described = descriptions;
    if (from > 0 && descriptions.size() > 1) {
      described =
          descriptions.stream()
              .filter(each -> each.equals(description()) || isListed(each, kept))
              .toList();
    }
    return new RenditionView(described, kept, keptUs);
  }

  private static boolean isListed(RenditionDescription description, List<Segment> segments) {
    return segments.stream().anyMatch(segment -> segment.init().equals(description.init()));
  }

  private static ProtocolException malformed(PartEntry entry, String expected, String found) {
    return ProtocolException.malformed(
        "log entry " + entry.position() + " needs " + expected + ", found " + found);
  }
}
