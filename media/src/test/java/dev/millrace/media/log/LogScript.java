package dev.millrace.media.log;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Writes logs for tests as a packager would: positions, times and discontinuities follow. */
public final class LogScript {
  /** 2026-11-21T09:30:00Z. */
  public static final long START_US = 1_795_253_400_000_000L;

  private final List<LogRecord> records = new ArrayList<>();
  private final Map<String, Writer> writers = new LinkedHashMap<>();
  private StreamView view = StreamView.empty();
  private long epoch;
  private long discontinuitySequence = 40;

  private static final class Writer {
    RenditionDescription description;
    long msn = 700;
    int part;
    long timeUs = START_US;

    Writer(RenditionDescription description) {
      this.description = description;
    }
  }

  /** Begins a presentation. */
  public static LogScript open(long epoch, Targets targets) {
    LogScript script = new LogScript();
    script.epoch = epoch;
    script.write(new LogRecord.Opened(epoch, targets));
    return script;
  }

  public LogScript video() {
    return video("avc1.64001f", "init-video.mp4");
  }

  public LogScript video(String codecs, String init) {
    return describe(
        new RenditionDescription(
            "video",
            MediaType.VIDEO,
            codecs,
            1280,
            720,
            29_970,
            0,
            0,
            3_000_000,
            init,
            Bytes.utf8(init)));
  }

  public LogScript audio() {
    return audio("init-audio.mp4");
  }

  public LogScript audio(String init) {
    return describe(
        new RenditionDescription(
            "audio", MediaType.AUDIO, "mp4a.40.2", 0, 0, 0, 2, 48_000, 0, init, Bytes.utf8(init)));
  }

  /** A video rendition beside the source: 16:9, of this height. */
  public LogScript rung(String name, String codecs, int height, long bitrateBps) {
    return describe(
        new RenditionDescription(
            name,
            MediaType.VIDEO,
            codecs,
            height * 16 / 9,
            height,
            29_970,
            0,
            0,
            bitrateBps,
            "init-" + name + ".mp4",
            Bytes.utf8(name)));
  }

  public LogScript audioRung(String name, String codecs, int channels, long bitrateBps) {
    return describe(
        new RenditionDescription(
            name,
            MediaType.AUDIO,
            codecs,
            0,
            0,
            0,
            channels,
            48_000,
            bitrateBps,
            "init-" + name + ".mp4",
            Bytes.utf8(name)));
  }

  /** Renditions that others will write. */
  public LogScript expect(String... names) {
    write(new LogRecord.Expected(List.of(names)));
    return this;
  }

  /** So many segments of 2 s in four parts, without media in the named renditions. */
  public LogScript segmentsWithout(int count, String... names) {
    List<String> gaps = List.of(names);
    for (int part = 0; part < 4 * count; part++) {
      for (String name : writers.keySet()) {
        int bps = bps(Objects.requireNonNull(writers.get(name)));
        int size = gaps.contains(name) ? 0 : bps / 16;
        append(name, 500_000, size, part % 4 == 3, gaps.contains(name));
      }
    }
    return this;
  }

  public LogScript describe(RenditionDescription description) {
    Writer writer = writers.get(description.name());
    if (writer == null) {
      writers.put(description.name(), new Writer(description));
    } else {
      writer.description = description;
    }
    write(new LogRecord.Described(description));
    return this;
  }

  /** One part in all renditions; the first of a segment is independent. */
  public LogScript part(long durationUs) {
    return part(durationUs, false);
  }

  /** The last part of a segment in all renditions. */
  public LogScript lastPart(long durationUs) {
    return part(durationUs, true);
  }

  /** A whole segment in all renditions. */
  public LogScript segment(long... partDurationsUs) {
    for (int i = 0; i < partDurationsUs.length; i++) {
      part(partDurationsUs[i], i == partDurationsUs.length - 1);
    }
    return this;
  }

  /** So many segments of 2 s in four parts. */
  public LogScript segments(int count) {
    for (int i = 0; i < count; i++) {
      segment(500_000, 500_000, 500_000, 500_000);
    }
    return this;
  }

  /** A whole segment without media in all renditions. */
  public LogScript gap(long... partDurationsUs) {
    for (int i = 0; i < partDurationsUs.length; i++) {
      for (String name : writers.keySet()) {
        append(name, partDurationsUs[i], 0, i == partDurationsUs.length - 1, true);
      }
    }
    return this;
  }

  /** The open segments ended with the part before. */
  public LogScript endMarker() {
    for (String name : writers.keySet()) {
      append(name, 0, 0, true, false);
    }
    return this;
  }

  /** A new session: everything after this stands behind EXT-X-DISCONTINUITY. */
  public LogScript discontinuity(long newEpoch, long awayUs) {
    epoch = newEpoch;
    discontinuitySequence++;
    writers.values().forEach(writer -> writer.timeUs += awayUs);
    return this;
  }

  public LogScript end() {
    write(new LogRecord.Ended());
    return this;
  }

  /** One entry of one rendition. */
  public LogScript append(String name, long durationUs, int size, boolean last, boolean gap) {
    Writer writer = Objects.requireNonNull(writers.get(name));
    MediaType type = writer.description.type();
    boolean independent = !gap && size > 0 && (type == MediaType.AUDIO || writer.part == 0);
    return append(writer, durationUs, size, independent, last, gap);
  }

  /** A part without a key frame at its start. */
  public LogScript dependent(String name, long durationUs) {
    Writer writer = Objects.requireNonNull(writers.get(name));
    return append(writer, durationUs, 1000, false, false, false);
  }

  private LogScript append(
      Writer writer, long durationUs, int size, boolean independent, boolean last, boolean gap) {
    Bytes sha256 = size == 0 ? Bytes.EMPTY : Bytes.of(size).sha256();
    PartEntry entry =
        new PartEntry(
            new LogPosition(epoch, writer.msn, writer.part),
            durationUs,
            size,
            independent,
            last,
            gap,
            discontinuitySequence,
            writer.description.init(),
            writer.timeUs,
            independent && writer.description.type() == MediaType.VIDEO ? (size + 3) / 4 : 0,
            sha256,
            sha256);
    write(new LogRecord.Appended(writer.description.name(), entry));
    writer.timeUs += durationUs;
    writer.part = last ? 0 : writer.part + 1;
    writer.msn += last ? 1 : 0;
    return this;
  }

  public StreamView view() {
    return view;
  }

  public List<LogRecord> records() {
    return List.copyOf(records);
  }

  private LogScript part(long durationUs, boolean last) {
    writers.forEach(
        (name, writer) -> {
          int size = 1 + (int) (bps(writer) / 8 * durationUs / 1_000_000);
          append(name, durationUs, size, last, false);
        });
    return this;
  }

  private static int bps(Writer writer) {
    return writer.description.type() == MediaType.VIDEO ? 2_000_000 : 128_000;
  }

  private void write(LogRecord record) {
    records.add(record);
    view = view.apply(record);
  }
}
