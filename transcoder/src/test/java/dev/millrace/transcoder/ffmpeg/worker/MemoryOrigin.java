package dev.millrace.transcoder.ffmpeg.worker;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.LogTail;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.PartSink;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.PictureSink;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.Targets;
import dev.millrace.media.log.Thumbnail;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a worker writes. */
final class MemoryOrigin implements PartSink, PictureSink {
  record Line(PartEntry entry, Bytes data) {}

  final Map<String, List<Line>> lines = new ConcurrentHashMap<>();
  final Map<String, List<RenditionDescription>> descriptions = new ConcurrentHashMap<>();

  /** Entries that it takes before it says that somebody else writes now. */
  volatile int room = Integer.MAX_VALUE;

  final List<Picture> posters = new CopyOnWriteArrayList<>();
  final List<Thumbnail> thumbnails = new CopyOnWriteArrayList<>();

  @Override
  public AppendResult open(StreamPath path, long epoch, Targets targets) {
    throw new IllegalStateException("a worker opens nothing");
  }

  @Override
  public AppendResult takeOver(StreamPath path, long epoch) {
    throw new IllegalStateException("a worker takes nothing over");
  }

  @Override
  public AppendResult expect(StreamPath path, long epoch, List<String> renditions) {
    throw new IllegalStateException("a worker expects nothing");
  }

  @Override
  public Optional<LogTail> tail(StreamPath path, String rendition) {
    return Optional.empty();
  }

  @Override
  public AppendResult describe(StreamPath path, long epoch, RenditionDescription rendition) {
    descriptions.computeIfAbsent(rendition.name(), _ -> new ArrayList<>()).add(rendition);
    return AppendResult.ACCEPTED;
  }

  @Override
  public AppendResult append(StreamPath path, String rendition, PartEntry entry, Bytes data) {
    List<Line> own = lines.computeIfAbsent(rendition, _ -> new ArrayList<>());
    if (own.size() >= room) {
      return new AppendResult.Stale(7);
    }
    own.add(new Line(entry, data));
    return AppendResult.ACCEPTED;
  }

  @Override
  public AppendResult end(StreamPath path, long epoch) {
    throw new IllegalStateException("a worker ends nothing");
  }

  @Override
  public void poster(StreamPath path, long epoch, Picture poster) {
    posters.add(poster);
  }

  @Override
  public void thumbnail(StreamPath path, Thumbnail thumbnail) {
    thumbnails.add(thumbnail);
  }

  List<Line> lines(String name) {
    return Objects.requireNonNull(lines.get(name), "rendition " + name);
  }

  /** Entries of the rendition that has most. */
  int longest() {
    return lines.values().stream().mapToInt(List::size).max().orElse(0);
  }

  List<Long> segments(String name) {
    return lines(name).stream().map(line -> line.entry().position().msn()).distinct().toList();
  }

  /** Everything that has this initialization section, as a file. */
  Path file(String name, RenditionDescription description, Path folder) throws IOException {
    Path file = folder.resolve(name + "-" + description.init());
    try (OutputStream out = Files.newOutputStream(file)) {
      description.initBytes().writeTo(out);
      for (Line line : lines(name)) {
        if (line.entry().init().equals(description.init())) {
          line.data().writeTo(out);
        }
      }
    }
    return file;
  }
}
