package dev.millrace.transcoder.packager;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogTail;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.PartSink;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import dev.millrace.transcoder.packager.FragmentReader.ReadFragment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;

/** A sink that keeps everything, and has the views of the real log check every record. */
final class RecordedLog implements PartSink {
  /** One entry with what was written at that moment. */
  record Line(PartEntry entry, Bytes data, Optional<ReadFragment> fragment, long atNanos) {
    long durationUs() {
      return entry.durationUs();
    }

    long endPdtUs() {
      return entry.programDateTimeUs() + entry.durationUs();
    }
  }

  final Map<String, List<Line>> lines = new LinkedHashMap<>();
  final Map<String, List<RenditionDescription>> descriptions = new LinkedHashMap<>();
  final List<LogRecord> records = new ArrayList<>();
  private final LongSupplier nanoTime;
  private long fence;
  StreamView view = StreamView.empty();

  /** How many lines of each rendition {@link #take} took over. */
  final Map<String, Integer> taken = new HashMap<>();

  final AtomicInteger opened = new AtomicInteger();
  volatile boolean ended;
  volatile AppendResult answer = AppendResult.ACCEPTED;

  RecordedLog(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Takes over what another log has, but for the last entries of its renditions.
   *
   * @param lacking how many; all of them where there are not so many
   */
  StreamView take(RecordedLog other, ToIntFunction<String> lacking) {
    Map<String, Integer> left = new HashMap<>();
    other.lines.forEach(
        (name, all) -> {
          int count = Math.max(0, all.size() - lacking.applyAsInt(name));
          left.put(name, count);
          taken.put(name, count);
          lines.put(name, new ArrayList<>(all.subList(0, count)));
        });
    descriptions.putAll(other.descriptions);
    for (LogRecord each : other.records) {
      if (!(each instanceof LogRecord.Appended(String name, PartEntry entry))
          || left.merge(name, -1, Integer::sum) >= 0) {
        record(each);
      }
    }
    return view;
  }

  private AppendResult record(LogRecord next) {
    if (answer instanceof AppendResult.Accepted) {
      view = view.apply(next);
      records.add(next);
    }
    return answer;
  }

  @Override
  public AppendResult open(StreamPath path, long epoch, Targets targets) {
    opened.incrementAndGet();
    ended = false;
    return record(new LogRecord.Opened(epoch, targets));
  }

  @Override
  public AppendResult takeOver(StreamPath path, long epoch) {
    if (epoch < view.epoch()) {
      return new AppendResult.Stale(view.epoch());
    }
    fence = epoch;
    return answer;
  }

  @Override
  public AppendResult expect(StreamPath path, long epoch, List<String> renditions) {
    return record(new LogRecord.Expected(renditions));
  }

  @Override
  public Optional<LogTail> tail(StreamPath path, String rendition) {
    return view.tail(rendition);
  }

  @Override
  public AppendResult describe(StreamPath path, long epoch, RenditionDescription rendition) {
    descriptions.computeIfAbsent(rendition.name(), name -> new ArrayList<>()).add(rendition);
    return record(new LogRecord.Described(rendition));
  }

  @Override
  public AppendResult append(StreamPath path, String rendition, PartEntry entry, Bytes data) {
    AppendResult check =
        entry.position().epoch() < fence
            ? new AppendResult.Stale(fence)
            : view.check(new LogRecord.Appended(rendition, entry));
    if (!(check instanceof AppendResult.Accepted)) {
      return check;
    }
    if (answer instanceof AppendResult.Accepted) {
      Optional<ReadFragment> fragment =
          data.isEmpty() ? Optional.empty() : Optional.of(FragmentReader.read(data));
      lines
          .computeIfAbsent(rendition, name -> new ArrayList<>())
          .add(new Line(entry, data, fragment, nanoTime.getAsLong()));
    }
    return record(new LogRecord.Appended(rendition, entry));
  }

  @Override
  public AppendResult end(StreamPath path, long epoch) {
    ended = true;
    return record(new LogRecord.Ended());
  }

  /** What the rendition was described as, oldest first. */
  List<RenditionDescription> described(String name) {
    return descriptions.getOrDefault(name, List.of());
  }

  List<Line> of(String name) {
    return lines.getOrDefault(name, List.of());
  }

  List<Line> segment(String name, long msn) {
    return of(name).stream().filter(line -> line.entry().position().msn() == msn).toList();
  }

  List<Line> video() {
    return of("video");
  }

  List<Line> audio() {
    return of("audio");
  }

  /** The lines of each segment by media sequence number. */
  static NavigableMap<Long, List<Line>> segments(List<Line> lines) {
    NavigableMap<Long, List<Line>> segments = new TreeMap<>();
    for (Line line : lines) {
      segments.computeIfAbsent(line.entry().position().msn(), msn -> new ArrayList<>()).add(line);
    }
    return segments;
  }

  static long durationUs(List<Line> segment) {
    return segment.stream().mapToLong(Line::durationUs).sum();
  }

  /** All samples of media, in order. */
  static List<FragmentReader.ReadSample> samples(List<Line> lines) {
    return lines.stream()
        .flatMap(line -> line.fragment().stream())
        .flatMap(fragment -> fragment.samples().stream())
        .toList();
  }
}
