package dev.millrace.origin;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogTail;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.PartSink;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.PictureSink;
import dev.millrace.media.log.PictureSource;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import dev.millrace.media.log.Thumbnail;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Part logs and their bytes in memory: the live window of each stream, and what has just left it.
 * Any thread. Followers and waiters are called on the thread of the writer whose record they hear
 * of (the first window: on their own), outside of all locks.
 *
 * <p>Bytes that left their playlist are kept for the Availability Duration (RFC 8216bis §6.2.2) and
 * dropped when the stream is written to or by {@link #sweep}. Data is not checked against the
 * entry's SHA-256 here: writer and store share one memory; whoever receives parts over a network
 * checks them.
 */
public final class OriginStore
    implements PartSink, PartSource, PictureSink, PictureSource, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OriginStore.class);

  private final OriginConfig config;
  private final LongSupplier nanoTime;
  private final ConcurrentMap<StreamPath, StreamStore> streams = new ConcurrentHashMap<>();
  private final AtomicLong heldBytes = new AtomicLong();
  private final AtomicLong pictureBytes = new AtomicLong();
  private final AtomicLong picturesRefused = new AtomicLong();
  private final ByteBudget budget;
  private final Optional<LogSigning> signing;

  /** An empty store that signs nothing; {@code nanoTime} is a monotonic clock. */
  public OriginStore(OriginConfig config, LongSupplier nanoTime) {
    this(config, nanoTime, Optional.empty());
  }

  /**
   * An empty store.
   *
   * @param nanoTime a monotonic clock
   * @param signing with what logs are signed, where somebody verifies them
   */
  public OriginStore(OriginConfig config, LongSupplier nanoTime, Optional<LogSigning> signing) {
    this.config = config;
    this.signing = signing;
    this.nanoTime = nanoTime;
    this.budget = new ByteBudget(config.maxBytes(), heldBytes, streams.values());
  }

  @Override
  public AppendResult open(StreamPath path, long epoch, Targets targets) {
    while (true) {
      StreamStore store = findOrCreate(path);
      Optional<AppendResult> result = store.open(epoch, targets, nanoTime.getAsLong());
      if (result.isPresent()) {
        return result.get();
      }
      streams.remove(path, store);
    }
  }

  /** Begins a copy of what another node has, whatever is here of the path. */
  void reopen(StreamPath path, long epoch, Targets targets) {
    while (true) {
      StreamStore store = findOrCreate(path);
      if (store.reopen(epoch, targets, nanoTime.getAsLong())) {
        return;
      }
      streams.remove(path, store);
    }
  }

  /** Appends to a copy, by the order of its rendition alone. */
  AppendResult copy(StreamPath path, String rendition, PartEntry entry, Bytes data) {
    long nowNanos = nanoTime.getAsLong();
    AppendResult result = find(path).copy(rendition, entry, data, nowNanos);
    budget.keep(nowNanos);
    return result;
  }

  /** A signer or block came with a copy; passed over if it is known, or nothing is here. */
  void signed(StreamPath path, LogRecord.Signing record) {
    StreamStore store = streams.get(path);
    if (store != null) {
      store.signed(record);
    }
  }

  /** Lets a copy go; who reads it is told that the presentation is gone. */
  void drop(StreamPath path) {
    StreamStore store = streams.get(path);
    if (store != null) {
      store.drop();
    }
  }

  @Override
  public AppendResult takeOver(StreamPath path, long epoch) {
    return find(path).takeOver(epoch, nanoTime.getAsLong());
  }

  @Override
  public AppendResult expect(StreamPath path, long epoch, List<String> renditions) {
    return find(path).expect(epoch, renditions, nanoTime.getAsLong());
  }

  @Override
  public Optional<LogTail> tail(StreamPath path, String rendition) {
    return Optional.ofNullable(streams.get(path)).flatMap(store -> store.view().tail(rendition));
  }

  @Override
  public AppendResult describe(StreamPath path, long epoch, RenditionDescription rendition) {
    return find(path).describe(epoch, rendition, nanoTime.getAsLong());
  }

  @Override
  public AppendResult append(StreamPath path, String rendition, PartEntry entry, Bytes data) {
    if (entry.sizeBytes() != data.length()) {
      throw new IllegalArgumentException(
          "entry %s of %s tells %d bytes, given %d"
              .formatted(entry.position(), path, entry.sizeBytes(), data.length()));
    }
    long nowNanos = nanoTime.getAsLong();
    AppendResult result = find(path).append(rendition, entry, data, nowNanos);
    budget.keep(nowNanos);
    return result;
  }

  @Override
  public AppendResult end(StreamPath path, long epoch) {
    return find(path).end(epoch, nanoTime.getAsLong());
  }

  @Override
  public Optional<Following> follow(StreamPath path, Consumer<LogRecord> follower) {
    StreamStore store = streams.get(path);
    return store == null
        ? Optional.empty()
        : store
            .follow(follower, nanoTime.getAsLong())
            .map(registered -> () -> store.unfollow(registered));
  }

  /**
   * Follows as {@link #follow} does, also a path that nobody has opened yet: its first presentation
   * is waited for.
   */
  public Following await(StreamPath path, Consumer<LogRecord> follower) {
    while (true) {
      StreamStore store = findOrCreate(path);
      Optional<Follower> registered = store.await(follower, nanoTime.getAsLong());
      if (registered.isPresent()) {
        return () -> store.unfollow(registered.get());
      }
      streams.remove(path, store);
    }
  }

  /** {@inheritDoc} It is never gone: a stream that is not here yet is waited for. */
  @Override
  public Following watch(StreamPath path, LogWatcher watcher) {
    Following following = await(path, watcher::record);
    watcher.windowComplete();
    return following;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The next part of a rendition, which its playlist hints, is waited for; everything else
   * exists now or fails at once. Fails with a {@code ProtocolException} (limit) if too many wait
   * already.
   */
  @Override
  public CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
    StreamStore store = streams.get(path);
    return store == null
        ? CompletableFuture.failedStage(new NoSuchFileException(file))
        : store.bytes(rendition, file, nanoTime.getAsLong());
  }

  @Override
  public List<StreamPath> streams() {
    long nowNanos = nanoTime.getAsLong();
    return streams.entrySet().stream()
        .filter(entry -> entry.getValue().isReadable(nowNanos))
        .map(entry -> entry.getKey())
        .sorted()
        .toList();
  }

  /** What the log of a stream says now; empty if the stream is not known. */
  public Optional<StreamView> view(StreamPath path) {
    long nowNanos = nanoTime.getAsLong();
    return Optional.ofNullable(streams.get(path))
        .filter(store -> store.isReadable(nowNanos))
        .map(StreamStore::view);
  }

  /** Writes of an older epoch are refused; 0 if the stream is not known. */
  public long newestEpoch(StreamPath path) {
    StreamStore store = streams.get(path);
    return store == null ? 0 : store.newestEpoch();
  }

  /** Media bytes held now, of all streams together. */
  public long heldBytes() {
    return heldBytes.get();
  }

  /** {@inheritDoc} At most 512 KiB; of an ended presentation the last one stays. */
  @Override
  public void poster(StreamPath path, long epoch, Picture poster) {
    StreamStore store = streams.get(path);
    count(store != null && store.pictures().poster(epoch, poster));
  }

  /** {@inheritDoc} At most 64 KiB each, and 8 MiB of one stream, the oldest going first. */
  @Override
  public void thumbnail(StreamPath path, Thumbnail thumbnail) {
    StreamStore store = streams.get(path);
    count(store != null && store.pictures().thumbnail(thumbnail));
  }

  @Override
  public Optional<Picture> poster(StreamPath path) {
    StreamStore store = streams.get(path);
    return store == null ? Optional.empty() : store.pictures().poster(nanoTime.getAsLong());
  }

  @Override
  public CompletionStage<Optional<Picture>> fetchPoster(StreamPath path) {
    return CompletableFuture.completedStage(poster(path));
  }

  @Override
  public List<Thumbnail> thumbnails(StreamPath path) {
    StreamStore store = streams.get(path);
    return store == null ? List.of() : store.pictures().thumbnails(nanoTime.getAsLong());
  }

  /** Bytes of pictures held now, of all streams together; not part of {@link #heldBytes}. */
  public long pictureBytes() {
    return pictureBytes.get();
  }

  /** Pictures that were too large, came twice, or belonged to nothing that is shown. */
  public long picturesRefused() {
    return picturesRefused.get();
  }

  private void count(boolean taken) {
    if (!taken) {
      picturesRefused.incrementAndGet();
    }
  }

  /**
   * Lets go what is over its time: bytes that left their playlists, ended presentations, and
   * presentations whose writer has gone without a word. To be called every second or so.
   */
  public void sweep() {
    long nowNanos = nanoTime.getAsLong();
    streams.forEach(
        (path, store) -> {
          if (store.endIfSilent(nowNanos)) {
            log.atWarn()
                .addKeyValue("stream", path)
                .log("ended: its writer was silent for {} s", config.writerSilence().toSeconds());
          }
          if (store.sweep(nowNanos)) {
            streams.remove(path, store);
          }
        });
  }

  /** Drops everything; who waits for a part is told that it will not come. */
  @Override
  public void close() {
    streams.values().forEach(StreamStore::close);
    streams.clear();
    heldBytes.set(0);
  }

  private StreamStore findOrCreate(StreamPath path) {
    return streams.computeIfAbsent(
        path, name -> new StreamStore(name, config, signing, heldBytes, pictureBytes));
  }

  private StreamStore find(StreamPath path) {
    StreamStore store = streams.get(path);
    if (store == null) {
      throw ProtocolException.malformed("write to " + path + " before its presentation was opened");
    }
    return store;
  }
}
