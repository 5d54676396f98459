package dev.millrace.origin;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.LogTail;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.PictureSink;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.RenditionSink;
import dev.millrace.media.log.Segment;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Thumbnail;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Lets one writer at a time write the rungs of a stream, beside the packager, who writes to the
 * store itself. Whoever replaces a writer takes a new generation; from then on the replaced one is
 * told {@link AppendResult.Stale}, however late what it sent arrives. Any thread, but {@link
 * #grant} and {@link #revoke} must not be called from a follower of the store, since they wait for
 * writes that are under way.
 *
 * <p>An entry that is already in the log and is the same in everything is accepted once more, since
 * a writer in another process cannot know whether it arrived when its connection broke.
 */
public final class GenerationGate {
  private static final long REVOKED = Long.MAX_VALUE;

  private final OriginStore store;
  private final AtomicLong last = new AtomicLong();

  /** Paths that have a writer. */
  private final ConcurrentMap<StreamPath, Writers> writers = new ConcurrentHashMap<>();

  /** Writes hold it shared, so that renditions do not wait for each other; grants alone. */
  private static final class Writers {
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    /** Volatile, so that it can be looked at without the lock; changed only under it. */
    private volatile long generation;
  }

  public GenerationGate(OriginStore store) {
    this.store = store;
  }

  /** Gives a new writer of the path's rungs its generation; all older ones are refused. */
  public long grant(StreamPath path) {
    long generation = reserve();
    admit(path, generation);
    return generation;
  }

  /** The generation of a writer that is to take over later; nothing of it is let in yet. */
  public long reserve() {
    return last.incrementAndGet();
  }

  /** The writer of this generation takes over, unless a newer one has; all older are refused. */
  public void admit(StreamPath path, long generation) {
    boolean admitted = false;
    while (!admitted) {
      Writers of = writers.computeIfAbsent(path, each -> new Writers());
      of.lock.writeLock().lock();
      try {
        admitted = of.generation != REVOKED;
        if (admitted) {
          of.generation = Math.max(of.generation, generation);
        }
      } finally {
        of.lock.writeLock().unlock();
      }
    }
  }

  /**
   * Refuses all writers of the path's rungs until the next {@link #grant}, because its stream is
   * gone; but not if a newer generation than this was granted, for a stream that has begun anew.
   */
  public void revoke(StreamPath path, long generation) {
    Writers of = writers.get(path);
    if (of == null) {
      return;
    }
    of.lock.writeLock().lock();
    try {
      if (of.generation == generation) {
        of.generation = REVOKED;
        writers.remove(path, of);
      }
    } finally {
      of.lock.writeLock().unlock();
    }
  }

  /** Whether a writer of this generation would be let through now. */
  public boolean isCurrent(StreamPath path, long generation) {
    Writers of = writers.get(path);
    return of != null && of.generation == generation;
  }

  /**
   * Where the writer of this generation writes. Its describe and append are refused as stale once a
   * newer generation was granted; {@code open}, {@code expect} and {@code end} are the packager's.
   */
  public RenditionSink sink(StreamPath path, long generation) {
    return new Gated(path, generation);
  }

  /** Where the writer of this generation puts its pictures; a stale one's are dropped. */
  public PictureSink pictures(StreamPath path, long generation) {
    return new Gated(path, generation);
  }

  private AppendResult guarded(StreamPath path, long generation, Supplier<AppendResult> write) {
    Writers of = writers.get(path);
    if (of == null) {
      return stale(path);
    }
    of.lock.readLock().lock();
    try {
      return of.generation == generation ? write.get() : stale(path);
    } finally {
      of.lock.readLock().unlock();
    }
  }

  private AppendResult stale(StreamPath path) {
    return new AppendResult.Stale(store.view(path).map(StreamView::epoch).orElse(0L));
  }

  private boolean isInLog(StreamPath path, String rendition, PartEntry entry) {
    return store
        .view(path)
        .flatMap(view -> view.rendition(rendition))
        .flatMap(
            found ->
                found.segments().stream()
                    .filter(segment -> segment.msn() == entry.position().msn())
                    .findFirst())
        .map(Segment::entries)
        .filter(entries -> entries.contains(entry))
        .isPresent();
  }

  /** What one writer sees. */
  private final class Gated implements RenditionSink, PictureSink {
    private final StreamPath own;
    private final long generation;

    Gated(StreamPath own, long generation) {
      this.own = own;
      this.generation = generation;
    }

    @Override
    public Optional<LogTail> tail(StreamPath path, String rendition) {
      check(path);
      return store.tail(path, rendition);
    }

    @Override
    public AppendResult describe(StreamPath path, long epoch, RenditionDescription rendition) {
      check(path);
      return guarded(path, generation, () -> store.describe(path, epoch, rendition));
    }

    @Override
    public AppendResult append(StreamPath path, String rendition, PartEntry entry, Bytes data) {
      check(path);
      return guarded(
          path,
          generation,
          () -> {
            requireKnownSession(path, entry);
            AppendResult result = store.append(path, rendition, entry, data);
            boolean again =
                result instanceof AppendResult.Expected && isInLog(path, rendition, entry);
            return again ? AppendResult.ACCEPTED : result;
          });
    }

    /** A rung follows the sessions of its packager; one that ran ahead would fence it off. */
    private void requireKnownSession(StreamPath path, PartEntry entry) {
      long newest = store.newestEpoch(path);
      if (entry.position().epoch() > newest) {
        throw ProtocolException.malformed(
            "entry "
                + entry.position()
                + " of a session that was not opened, the newest is "
                + newest);
      }
    }

    @Override
    public void poster(StreamPath path, long epoch, Picture poster) {
      check(path);
      if (isCurrent(path, generation)) {
        store.poster(path, epoch, poster);
      }
    }

    @Override
    public void thumbnail(StreamPath path, Thumbnail thumbnail) {
      check(path);
      if (isCurrent(path, generation)) {
        store.thumbnail(path, thumbnail);
      }
    }

    private void check(StreamPath path) {
      if (!path.equals(own)) {
        throw new IllegalArgumentException("writer of " + own + " writes to " + path);
      }
    }
  }
}
