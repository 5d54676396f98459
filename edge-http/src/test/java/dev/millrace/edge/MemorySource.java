package dev.millrace.edge;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.MerkleTree;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.Targets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A source whose log is written by the test, on the test's thread. Media of the next part of each
 * rendition is promised; anything else that does not exist fails.
 */
final class MemorySource implements PartSource {
  static final StreamPath PATH = new StreamPath("live", "main");
  static final long EPOCH = 1000;
  static final long FIRST_MSN = 500;
  static final int PARTS_PER_SEGMENT = 4;

  final AtomicInteger bytesCalls = new AtomicInteger();
  final AtomicBoolean windowsAreSlow = new AtomicBoolean();
  private final List<LogWatcher> incomplete = new CopyOnWriteArrayList<>();
  final AtomicInteger followers = new AtomicInteger();
  private final Map<StreamPath, Stream> streams = new LinkedHashMap<>();

  @Override
  public synchronized Optional<Following> follow(StreamPath path, Consumer<LogRecord> follower) {
    Stream stream = streams.get(path);
    if (stream == null) {
      return Optional.empty();
    }
    stream.records.forEach(follower);
    stream.followers.add(follower);
    followers.incrementAndGet();
    return Optional.of(() -> unfollow(stream, follower));
  }

  private synchronized void unfollow(Stream stream, Consumer<LogRecord> follower) {
    if (stream.followers.remove(follower)) {
      followers.decrementAndGet();
    }
  }

  /** Like a source in another process: tells what is there, and later that this was all. */
  @Override
  public synchronized Following watch(StreamPath path, LogWatcher watcher) {
    if (!windowsAreSlow.get()) {
      return PartSource.super.watch(path, watcher);
    }
    incomplete.add(watcher);
    return follow(path, watcher::record).orElseThrow();
  }

  /** Tells those who began to follow that they have had all that was there. */
  void completeWindows() {
    windowsAreSlow.set(false);
    incomplete.forEach(LogWatcher::windowComplete);
  }

  @Override
  public synchronized CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
    bytesCalls.incrementAndGet();
    Stream stream = streams.get(path);
    String name = rendition + "/" + file;
    if (stream == null || !(stream.files.containsKey(name) || stream.isNext(rendition, file))) {
      return CompletableFuture.failedFuture(new NoSuchFileException(file));
    }
    return stream.files.computeIfAbsent(name, missing -> new CompletableFuture<>());
  }

  @Override
  public synchronized List<StreamPath> streams() {
    return List.copyOf(streams.keySet());
  }

  /** A stream of which nothing is known but that it is there. */
  synchronized Stream announce(StreamPath path) {
    return streams.computeIfAbsent(path, key -> new Stream());
  }

  /** Has it again after {@link #remove}; whoever followed it before hears nothing more. */
  synchronized void putBack(StreamPath path, Stream stream) {
    stream.followers.clear();
    followers.set(0);
    streams.put(path, stream);
  }

  /** Loses a file that was there. */
  synchronized void lose(String rendition, String file) {
    streams.values().forEach(each -> each.files.remove(rendition + "/" + file));
  }

  /** Begins a presentation with a video and an audio rendition. */
  synchronized Stream open(StreamPath path, Targets targets) {
    Stream announced = streams.get(path);
    Stream stream = announced != null && announced.records.isEmpty() ? announced : new Stream();
    streams.put(path, stream);
    stream.tell(new LogRecord.Opened(EPOCH, targets));
    stream.describe("video", MediaType.VIDEO, 720);
    stream.describe("audio", MediaType.AUDIO, 0);
    return stream;
  }

  synchronized void remove(StreamPath path) {
    streams.remove(path);
  }

  /** One stream; its methods are the packager's. */
  final class Stream {
    private long epoch = EPOCH;
    private final List<LogRecord> records = new ArrayList<>();
    private final List<Consumer<LogRecord>> followers = new ArrayList<>();
    private final Map<String, CompletableFuture<Bytes>> files = new HashMap<>();
    private final Map<String, LogPosition> next = new HashMap<>();
    private final Map<String, List<Bytes>> segment = new HashMap<>();

    /** Appends parts of half a second to both renditions. */
    void parts(int count) {
      for (int i = 0; i < count; i++) {
        part(1000);
      }
    }

    void part(int size) {
      synchronized (MemorySource.this) {
        append("video", size);
        append("audio", 100);
      }
    }

    /** Another presentation takes the place of this one. */
    void reopen(long newEpoch, long firstMsn) {
      synchronized (MemorySource.this) {
        epoch = newEpoch;
        next.clear();
        next.put("video", new LogPosition(epoch, firstMsn, 0));
        next.put("audio", new LogPosition(epoch, firstMsn, 0));
        tell(new LogRecord.Opened(epoch, EdgeFixture.TARGETS));
        describe("video", MediaType.VIDEO, 720);
        describe("audio", MediaType.AUDIO, 0);
      }
    }

    /** Tells the first so many records again, as a source does that lost its place. */
    int replay(int count) {
      synchronized (MemorySource.this) {
        records.subList(0, count).forEach(this::deliver);
        return count;
      }
    }

    /** Tells the records again from this one on. */
    void replayRest(int from) {
      synchronized (MemorySource.this) {
        records.subList(from, records.size()).forEach(this::deliver);
      }
    }

    /** The part that the next append adds. */
    LogPosition next() {
      synchronized (MemorySource.this) {
        return next("video");
      }
    }

    void end() {
      synchronized (MemorySource.this) {
        tell(new LogRecord.Ended());
        files.values().stream()
            .filter(file -> !file.isDone())
            .forEach(file -> file.completeExceptionally(new NoSuchFileException("ended")));
      }
    }

    byte[] file(String rendition, FileName name) {
      synchronized (MemorySource.this) {
        CompletableFuture<Bytes> file = files.get(rendition + "/" + name);
        if (file == null) {
          throw new IllegalArgumentException("the test never made " + name);
        }
        return file.join().toArray();
      }
    }

    private LogPosition next(String rendition) {
      return next.getOrDefault(rendition, new LogPosition(epoch, FIRST_MSN, 0));
    }

    private boolean isNext(String rendition, String file) {
      return new FileName.Part(next(rendition)).toString().equals(file);
    }

    /** Renditions that will be written beside. */
    void expect(String... renditions) {
      synchronized (MemorySource.this) {
        tell(new LogRecord.Expected(List.of(renditions)));
      }
    }

    /** Another video rendition, beginning now or, after {@link #parts}, at the present segment. */
    void rung(String rendition, int height) {
      synchronized (MemorySource.this) {
        describe(rendition, MediaType.VIDEO, height);
        next.put(rendition, new LogPosition(epoch, next("video").msn(), 0));
      }
    }

    /** A part of one rendition. */
    void partOf(String rendition, int size) {
      synchronized (MemorySource.this) {
        append(rendition, size);
      }
    }

    /** A part without media, of one rendition. */
    void gapOf(String rendition) {
      partOf(rendition, 0);
    }

    private void describe(String rendition, MediaType type, int height) {
      boolean video = type == MediaType.VIDEO;
      Bytes init = Bytes.utf8("init of " + rendition);
      String name = FileName.Init.of(init).toString();
      put(rendition, name, init);
      tell(
          new LogRecord.Described(
              new RenditionDescription(
                  rendition,
                  type,
                  video ? "avc1.64001f" : "mp4a.40.2",
                  height * 16 / 9,
                  height,
                  video ? 30000 : 0,
                  video ? 0 : 2,
                  video ? 0 : 48000,
                  1_000_000,
                  name,
                  init)));
    }

    private void append(String rendition, int size) {
      LogPosition at = next(rendition);
      Bytes bytes = content(at, size);
      boolean last = at.part() == PARTS_PER_SEGMENT - 1;
      long index = (at.msn() - FIRST_MSN) * PARTS_PER_SEGMENT + at.part();
      List<Bytes> whole = segment.computeIfAbsent(rendition, none -> new ArrayList<>());
      whole.add(bytes);
      put(rendition, new FileName.Part(at).toString(), bytes);
      if (last) {
        put(rendition, new FileName.Segment(epoch, at.msn()).toString(), Bytes.concat(whole));
        whole.clear();
      }
      next.put(
          rendition,
          last
              ? new LogPosition(epoch, at.msn() + 1, 0)
              : new LogPosition(epoch, at.msn(), at.part() + 1));
      tell(
          new LogRecord.Appended(
              rendition,
              new PartEntry(
                  at,
                  500_000,
                  size,
                  at.part() == 0 && size > 0,
                  last,
                  size == 0,
                  7,
                  FileName.Init.of(Bytes.utf8("init of " + rendition)).toString(),
                  1_700_000_000_000_000L + index * 500_000,
                  at.part() == 0 && !rendition.equals("audio") ? size / 4 : 0,
                  bytes.sha256(),
                  MerkleTree.root(bytes))));
    }

    private Bytes content(LogPosition at, int size) {
      byte[] content = new byte[size];
      for (int i = 0; i < size; i++) {
        content[i] = (byte) (at.msn() * 31 + at.part() * 7L + i);
      }
      return Bytes.wrap(content);
    }

    private void put(String rendition, String name, Bytes bytes) {
      files
          .computeIfAbsent(rendition + "/" + name, missing -> new CompletableFuture<>())
          .complete(bytes);
    }

    private void tell(LogRecord record) {
      records.add(record);
      deliver(record);
    }

    private void deliver(LogRecord record) {
      List.copyOf(followers).forEach(follower -> follower.accept(record));
    }
  }
}
