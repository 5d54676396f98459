package dev.millrace.transcoder.packager;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.PartSink;
import dev.millrace.media.log.Targets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one playlist shows from its first segment to its ENDLIST: all renditions, side by side with
 * equal segment and discontinuity numbers. Its epoch is that of the session with which this node
 * began to write it and stands in all names it gives, so that a preload hint given while the
 * publisher is away holds when it is back to the same node (ADR 12).
 */
final class Presentation {
  private final PartSink sink;
  private final StreamPath path;
  private final long epoch;
  private final long firstMsn;
  private final long firstDiscontinuitySequence;
  private final Map<String, RenditionWriter> writers = new LinkedHashMap<>();

  private Presentation(
      PartSink sink, StreamPath path, long epoch, long firstMsn, long discontinuitySequence) {
    this.sink = sink;
    this.path = path;
    this.epoch = epoch;
    this.firstMsn = firstMsn;
    this.firstDiscontinuitySequence = discontinuitySequence;
  }

  /**
   * @throws SupersededException if a newer session owns the path
   */
  static Presentation open(
      PartSink sink, StreamPath path, long epoch, Targets targets, long msn, long dsn) {
    RenditionWriter.check(sink.open(path, epoch, targets));
    return new Presentation(sink, path, epoch, msn, dsn);
  }

  /**
   * Goes on with one that another writer left: all renditions end with the same segment then.
   *
   * @throws SupersededException if a newer session owns the path
   */
  static Presentation adopt(PartSink sink, StreamPath path, long epoch, AdoptedLogs left) {
    left.endSegments();
    RenditionWriter.check(sink.takeOver(path, epoch));
    left.fill();
    Presentation adopted = new Presentation(sink, path, epoch, 0, 0);
    left.writers()
        .forEach(
            (name, writer) -> {
              if (Descriptions.isMain(name)) {
                adopted.writers.put(name, writer);
              }
            });
    return adopted;
  }

  Collection<RenditionWriter> writers() {
    return writers.values();
  }

  /** The rendition of this name; a new one joins at the numbers the others have reached. */
  RenditionWriter rendition(String name) {
    RenditionWriter known = writers.get(name);
    if (known != null) {
      return known;
    }
    boolean broken = writers.values().stream().anyMatch(RenditionWriter::broken);
    RenditionWriter joined =
        new RenditionWriter(sink, path, epoch, name, msn(), discontinuitySequence(), broken);
    writers.put(name, joined);
    return joined;
  }

  /** The segment number that the furthest rendition has reached. */
  long msn() {
    return writers.values().stream().mapToLong(RenditionWriter::msn).max().orElse(firstMsn);
  }

  long discontinuitySequence() {
    return writers.values().stream()
        .mapToLong(RenditionWriter::discontinuitySequence)
        .max()
        .orElse(firstDiscontinuitySequence);
  }

  boolean written() {
    return writers.values().stream().anyMatch(RenditionWriter::written);
  }

  /** Wall time of the end of the longest rendition. */
  long endPdtUs() {
    return writers.values().stream().mapToLong(RenditionWriter::endPdtUs).max().orElse(0);
  }

  /** Begins a timeline in all renditions, behind a discontinuity unless it is the first. */
  void beginTimeline(long anchorUs) {
    boolean first = !written();
    for (RenditionWriter writer : writers.values()) {
      if (first) {
        writer.anchor(anchorUs);
      } else {
        writer.discontinuity(0, anchorUs);
      }
    }
  }

  /** Wall time of the end of the shortest rendition. */
  long shortestEndPdtUs() {
    return writers.values().stream().mapToLong(RenditionWriter::endPdtUs).min().orElse(0);
  }

  /** Brings all renditions to the same segment number: what ended short gets a gap. */
  void align() {
    long msn = msn();
    long endUs = endPdtUs();
    for (RenditionWriter writer : writers.values()) {
      if (writer.msn() < msn && !writer.segmentEmpty()) {
        writer.endSegment();
      }
      while (writer.msn() < msn) {
        writer.gapUntil(endUs, true);
      }
    }
  }

  /** Whether the source's own video is a gap from the next segment on. */
  void muteVideo(boolean mute) {
    RenditionWriter video = writers.get(Descriptions.VIDEO);
    if (video != null) {
      video.mute(mute);
    }
  }

  /** Closes all open segments. */
  void endSegments() {
    writers.values().forEach(RenditionWriter::endSegment);
  }

  void end() {
    endSegments();
    RenditionWriter.check(sink.end(path, epoch));
  }
}
