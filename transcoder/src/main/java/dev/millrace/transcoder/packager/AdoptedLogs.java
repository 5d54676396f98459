package dev.millrace.transcoder.packager;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogTail;
import dev.millrace.media.log.PartSink;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Segment;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The renditions of a presentation as another writer left them, each at some other point, on their
 * way to one common end (ADR 12): {@link #endSegments} under the epochs they have, then {@link
 * #fill} under this writer's.
 */
final class AdoptedLogs {
  /**
   * A rendition this far behind, in segments, is not brought up: its writer was gone long before.
   */
  private static final int MAX_BEHIND = 64;

  /** A segment as the rendition has it that got furthest. */
  private record Border(long startUs, long endUs, long discontinuitySequence) {}

  private final Targets targets;
  private final NavigableMap<Long, Border> borders;
  private final Map<String, RenditionWriter> writers = new LinkedHashMap<>();

  /**
   * @param epoch of this writer
   */
  AdoptedLogs(PartSink sink, StreamPath path, StreamView left, long epoch) {
    targets = left.targets();
    borders = borders(left);
    for (RenditionView rendition : left.renditions()) {
      String name = rendition.description().name();
      left.tail(name)
          .filter(tail -> canEnd(left, tail))
          .filter(tail -> Descriptions.isMain(name) || isAlive(tail))
          .ifPresent(
              tail -> {
                RenditionWriter writer = new RenditionWriter(sink, path, epoch, name, tail);
                writer.described(rendition.description());
                writers.put(name, writer);
              });
    }
  }

  /**
   * Whether the log can be ended where it is: not in the middle of a segment of a session that was
   * followed by another in other renditions, which a copy that was cut off may be.
   */
  static boolean canEnd(StreamView left, LogTail tail) {
    return tail.next().part() == 0 || tail.next().epoch() == left.epoch();
  }

  private boolean isAlive(LogTail tail) {
    return borders.lastKey() - tail.next().msn() < MAX_BEHIND;
  }

  private static NavigableMap<Long, Border> borders(StreamView left) {
    NavigableMap<Long, List<Segment>> all = new TreeMap<>();
    for (RenditionView rendition : left.renditions()) {
      for (Segment segment : rendition.segments()) {
        all.computeIfAbsent(segment.msn(), msn -> new ArrayList<>()).add(segment);
      }
    }
    NavigableMap<Long, Border> borders = new TreeMap<>();
    all.descendingMap()
        .forEach(
            (msn, segments) -> {
              Segment first = segments.getFirst();
              long dsn = first.discontinuitySequence();
              Border next = borders.get(msn + 1);
              long endUs =
                  next != null && next.discontinuitySequence() == dsn
                      ? next.startUs()
                      : segments.stream().mapToLong(AdoptedLogs::endUs).max().orElseThrow();
              borders.put(msn, new Border(first.programDateTimeUs(), endUs, dsn));
            });
    return borders;
  }

  private static long endUs(Segment segment) {
    return segment.programDateTimeUs() + segment.durationUs();
  }

  /** The writers by name; all at the same segment after {@link #fill}. */
  Map<String, RenditionWriter> writers() {
    return writers;
  }

  /**
   * Ends the open segments: with what they have, so that it can be played whole, unless more than a
   * part is missing.
   */
  void endSegments() {
    for (RenditionWriter writer : writers.values()) {
      Border open = borders.get(writer.msn());
      if (!writer.segmentEmpty() && open != null) {
        if (open.endUs() - writer.endPdtUs() > targets.partTargetUs()) {
          gapUntil(writer, open.endUs());
        } else {
          writer.endSegment();
        }
      }
    }
  }

  /** What ended earlier gets gaps up to the last segment, where the others have theirs. */
  void fill() {
    for (RenditionWriter writer : writers.values()) {
      while (writer.msn() <= borders.lastKey()) {
        Map.Entry<Long, Border> next = borders.ceilingEntry(writer.msn());
        long missing = next.getKey() - writer.msn();
        Border border = next.getValue();
        if (border.discontinuitySequence() > writer.discontinuitySequence()) {
          long startUs = missing == 0 ? border.startUs() : writer.endPdtUs();
          writer.discontinuity(0, Math.max(startUs, writer.endPdtUs()));
        }
        if (missing == 0) {
          gapUntil(writer, border.endUs());
        } else {
          long shareUs = (border.startUs() - writer.endPdtUs()) / missing;
          gapUntil(writer, writer.endPdtUs() + Math.min(shareUs, mostUs()));
        }
      }
    }
  }

  private long mostUs() {
    return targets.targetDurationS() * 1_000_000L;
  }

  /** Gaps up to this wall time, of at most a part target, the last of which ends its segment. */
  private void gapUntil(RenditionWriter writer, long endUs) {
    while (writer.endPdtUs() + targets.partTargetUs() < endUs) {
      writer.gapUntil(writer.endPdtUs() + targets.partTargetUs(), false);
    }
    writer.gapUntil(endUs, true);
  }
}
