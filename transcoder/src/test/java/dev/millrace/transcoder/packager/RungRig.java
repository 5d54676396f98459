package dev.millrace.transcoder.packager;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import dev.millrace.transcoder.packager.RecordedLog.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/**
 * A rung's writer with the marks that a source would give: numbers from 10 on, wall time counted
 * from {@link #WALL_US}, session times 7 s after media times.
 */
final class RungRig {
  static final long WALL_US = Rig.START_S * 1_000_000;
  static final long ORIGIN_US = 7_000_000;
  static final long EPOCH = 100;
  static final String VIDEO = "360p";
  static final String AUDIO = "audio-64k";
  private static final Bytes KEY = Bytes.fromHex("00000005 6588840000");
  private static final Bytes DELTA = Bytes.fromHex("00000004 419a0000");

  final Targets targets = Targets.DEFAULT;
  final RecordedLog log = new RecordedLog(this::nanos);
  final LogRules rules = new LogRules(targets);
  final NavigableMap<Long, SegmentMark> marks = new TreeMap<>();
  private final boolean video;
  RungWriter writer;
  private long nanos;
  private long frameUs = 40_000;
  private long nextMsn = 10;
  private long discontinuitySequence = 3;
  private int section = 1;
  private long anchorUs = WALL_US;
  private long originUs = ORIGIN_US;

  private RungRig(boolean video) {
    this.video = video;
    log.open(Rig.PATH, EPOCH, targets);
    writer = newWriter();
  }

  /** 25 frames a second. */
  static RungRig video() {
    return new RungRig(true);
  }

  static RungRig audio() {
    return new RungRig(false);
  }

  private RungWriter newWriter() {
    return new RungWriter(log, Rig.PATH, EPOCH, targets, video ? VIDEO : AUDIO);
  }

  long nanos() {
    return nanos;
  }

  RungRig fps(double fps) {
    frameUs = Math.round(1e6 / fps);
    return this;
  }

  /** The encoder is open. */
  RungRig describe() {
    return describe("01");
  }

  /**
   * @param init hexadecimal, differs with the encoder
   */
  RungRig describe(String init) {
    Bytes bytes = Bytes.fromHex(init);
    if (video) {
      Track.Video track = Rig.videoTrack(1e6 / frameUs);
      writer.describe(
          track,
          new RenditionDescription(
              VIDEO,
              MediaType.VIDEO,
              track.codecs(),
              640,
              360,
              (int) (1_000_000_000 / frameUs),
              0,
              0,
              700_000,
              FileName.Init.of(bytes).toString(),
              bytes));
    } else {
      Track.Audio track = Rig.audioTrack(48_000);
      writer.describe(
          track,
          new RenditionDescription(
              AUDIO,
              MediaType.AUDIO,
              track.codecs(),
              0,
              0,
              0,
              2,
              48_000,
              64_000,
              FileName.Init.of(bytes).toString(),
              bytes));
    }
    return this;
  }

  SegmentMark markOf(double mediaS) {
    long mediaUs = Math.round(mediaS * 1e6);
    return new SegmentMark(
        nextMsn, discontinuitySequence, anchorUs + mediaUs, true, section, mediaUs, originUs);
  }

  /** Segments of the section begin at these media times. */
  RungRig mark(double... mediaS) {
    for (double each : mediaS) {
      give(markOf(each));
    }
    return this;
  }

  RungRig give(SegmentMark mark) {
    note(mark);
    writer.mark(mark);
    return this;
  }

  /** A mark that the writer does not hear of. */
  void note(SegmentMark mark) {
    marks.put(mark.msn(), mark);
    nextMsn = mark.msn() + 1;
  }

  /** As {@link #away}, unheard. */
  List<SegmentMark> noteAway(double... wallS) {
    List<SegmentMark> away = new ArrayList<>();
    for (double each : wallS) {
      away.add(SegmentMark.away(nextMsn, discontinuitySequence, WALL_US + Math.round(each * 1e6)));
      note(away.getLast());
    }
    return away;
  }

  /** As {@link #section}, unheard. */
  SegmentMark noteSection(double wallS, double originS) {
    section++;
    nextMsn--;
    discontinuitySequence++;
    anchorUs = WALL_US + Math.round(wallS * 1e6);
    originUs = Math.round(originS * 1e6);
    SegmentMark mark = markOf(0);
    note(mark);
    return mark;
  }

  /** A mark that was given before, for another writer. */
  RungRig again(long msn) {
    marks.subMap(msn, msn + 1).values().forEach(writer::mark);
    return this;
  }

  /** The publisher's clock jumped: wall time is anchored anew at this mark. */
  RungRig breakAt(double mediaS, double laterS) {
    discontinuitySequence++;
    anchorUs += Math.round(laterS * 1e6);
    return mark(mediaS);
  }

  /** The section ends, or the next gap segment begins, at this wall time. */
  RungRig away(double wallS) {
    noteAway(wallS).forEach(writer::mark);
    return this;
  }

  /** The next section begins at this wall time, with the number of the mark before. */
  RungRig section(double wallS, double originS) {
    writer.mark(noteSection(wallS, originS));
    return this;
  }

  /** Frames of these media times, a key frame at every mark, given when they would come. */
  RungRig play(double fromS, double toS) {
    return play(fromS, toS, mediaUs -> marks.values().stream().anyMatch(m -> begins(m, mediaUs)));
  }

  private boolean begins(SegmentMark mark, long mediaUs) {
    return mark.media()
        && mark.section() == section
        && RungWriter.beginsWith(mark, mediaUs + originUs)
        && !RungWriter.beginsWith(mark, mediaUs + originUs - frameUs);
  }

  RungRig play(double fromS, double toS, LongPredicate key) {
    double stepS = video ? frameUs / 1e6 : 1024 / 48e3;
    for (long i = Math.round(fromS / stepS); i < Math.round(toS / stepS); i++) {
      long mediaUs = Math.round(i * stepS * 1e3) * 1_000;
      frame(mediaUs, key.test(mediaUs));
      writer.progress(mediaUs + originUs);
    }
    return this;
  }

  /** One frame, and no word about progress. */
  RungRig frame(long mediaUs, boolean key) {
    nanos = Math.max(nanos, mediaUs * 1_000);
    long timeUs = originUs + mediaUs;
    writer.frame(
        video
            ? new Frame(MediaType.VIDEO, 0, timeUs, timeUs, key, key ? KEY : DELTA, nanos)
            : new Frame(MediaType.AUDIO, 0, timeUs, timeUs, true, Sources.SOUND, nanos));
    return this;
  }

  RungRig progress(double mediaS) {
    nanos = Math.max(nanos, Math.round(mediaS * 1e9));
    writer.progress(Math.round(mediaS * 1e6) + originUs);
    return this;
  }

  RungRig shed(boolean shed) {
    writer.shed(shed);
    return this;
  }

  RungRig end() {
    writer.end();
    return this;
  }

  /** Another writer takes over; it gets the marks from this number on. */
  RungRig takeOver(long fromMsn) {
    writer = newWriter();
    marks.tailMap(fromMsn).values().forEach(writer::mark);
    return this;
  }

  /**
   * The first number, then what each segment is: media (M), a gap (G) or both (g). Holds the log to
   * all rules.
   */
  String shape() {
    checked();
    return shapeWithoutMarks();
  }

  /** As {@link #shape}, but the segments need not be where the marks are. */
  String shapeWithoutMarks() {
    rules.check(log);
    NavigableMap<Long, List<Line>> segments = RecordedLog.segments(log.of(video ? VIDEO : AUDIO));
    StringBuilder shape = new StringBuilder();
    segments.forEach(
        (msn, lines) -> {
          if (shape.isEmpty()) {
            shape.append(msn);
          }
          long gaps = lines.stream().filter(line -> line.entry().gap()).count();
          long media = lines.stream().filter(line -> !line.data().isEmpty()).count();
          shape.append(gaps == 0 ? "M" : media == 0 ? "G" : "g");
        });
    return shape.toString();
  }

  RecordedLog checked() {
    if (log.lines.isEmpty()) {
      return log;
    }
    rules.check(log);
    rules.checkMarks(log, video ? VIDEO : AUDIO, marks, video ? 6 : 12_000);
    return log;
  }
}
