package dev.millrace.origin;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.MerkleTree;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.PartSink;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.RenditionSink;
import dev.millrace.media.log.Targets;

/** Writes one video rendition in parts of half a second, as a packager would. */
final class Writer {
  static final StreamPath PATH = new StreamPath("live", "main");

  private final RenditionSink sink;
  private final StreamPath path;
  private final long epoch;
  private long msn;
  private int part;
  private String init = "";

  Writer(RenditionSink sink, long epoch, long firstMsn) {
    this(sink, PATH, epoch, firstMsn);
  }

  Writer(RenditionSink sink, StreamPath path, long epoch, long firstMsn) {
    this.sink = sink;
    this.path = path;
    this.epoch = epoch;
    this.msn = firstMsn;
  }

  /** Opens a presentation with one rendition, {@code video}. */
  static Writer open(PartSink sink, long epoch) {
    return open(sink, epoch, Targets.DEFAULT);
  }

  static Writer open(PartSink sink, long epoch, Targets targets) {
    sink.open(PATH, epoch, targets);
    Writer writer = new Writer(sink, epoch, 700);
    writer.describe("init of " + epoch);
    return writer;
  }

  AppendResult describe(String content) {
    Bytes bytes = Bytes.utf8(content);
    init = FileName.Init.of(bytes).toString();
    return sink.describe(
        path,
        epoch,
        new RenditionDescription(
            "video", MediaType.VIDEO, "avc1.64001f", 640, 360, 30_000, 0, 0, 0, init, bytes));
  }

  String init() {
    return init;
  }

  /** The content of a part, which tells where it stands. */
  static Bytes content(long epoch, long msn, int part) {
    return Bytes.utf8("part " + new LogPosition(epoch, msn, part));
  }

  AppendResult part() {
    return append(500_000, content(epoch, msn, part), false, false);
  }

  AppendResult lastPart() {
    return append(500_000, content(epoch, msn, part), true, false);
  }

  AppendResult gap() {
    return append(500_000, Bytes.EMPTY, false, true);
  }

  AppendResult endMarker() {
    return append(0, Bytes.EMPTY, true, false);
  }

  /** Segments of 2 s in four parts. */
  Writer segments(int count) {
    for (int i = 0; i < count; i++) {
      part();
      part();
      part();
      lastPart();
    }
    return this;
  }

  AppendResult end() {
    return ((PartSink) sink).end(path, epoch);
  }

  AppendResult append(long durationUs, Bytes data, boolean last, boolean gap) {
    AppendResult result =
        sink.append(
            path,
            "video",
            new PartEntry(
                new LogPosition(epoch, msn, part),
                durationUs,
                data.length(),
                part == 0,
                last,
                gap,
                7,
                init,
                msn * 2_000_000 + part * 500_000L,
                0,
                data.isEmpty() ? Bytes.EMPTY : data.sha256(),
                MerkleTree.root(data)),
            data);
    if (result instanceof AppendResult.Accepted) {
      part = last ? 0 : part + 1;
      msn += last ? 1 : 0;
    }
    return result;
  }
}
