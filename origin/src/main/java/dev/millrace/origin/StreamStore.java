package dev.millrace.origin;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.PartSource.NoSuchFileException;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Log, bytes and followers of one path. Any thread.
 *
 * <p>One lock guards everything. It is held only to look up and to change state, never while
 * foreign code runs: what followers and waiters must hear is collected under the lock and told by
 * {@link Told} after it is released.
 */
final class StreamStore {
  /** The live edge, which eviction never touches: the open segment and two before it. */
  private static final int NEVER_EVICTED_SEGMENTS = 3;

  private final StreamPath path;
  private final OriginConfig config;
  private final Object lock = new Object();
  private final StreamBytes bytes;
  private final StreamLog log;
  private final StoredPictures pictures;
  private final StreamSigning signing;
  private final BlockClosing blocks;

  /** Taken out of the node's table; whoever still has a reference must look there again. */
  private boolean discarded;

  StreamStore(
      StreamPath path,
      OriginConfig config,
      Optional<LogSigning> signing,
      AtomicLong heldBytes,
      AtomicLong pictureBytes) {
    this.path = path;
    this.config = config;
    this.bytes = new StreamBytes(config, heldBytes);
    this.signing = new StreamSigning(path, signing);
    this.blocks = new BlockClosing(path, lock, this.signing, this::signed);
    this.log = new StreamLog(path, config, this.signing);
    this.pictures = new StoredPictures(lock, log, pictureBytes);
  }

  /** Begins a presentation; empty if this store was discarded and another must be made. */
  Optional<AppendResult> open(long epoch, Targets targets, long nowNanos) {
    Told told = new Told();
    synchronized (lock) {
      if (discarded) {
        return Optional.empty();
      }
      StreamView view = log.view();
      boolean repeated = epoch == log.newestEpoch() && view.opened();
      if (repeated && !view.ended() && view.targets().equals(targets)) {
        return Optional.of(AppendResult.ACCEPTED);
      }
      if (repeated || epoch < log.newestEpoch()) {
        return Optional.of(new AppendResult.Stale(log.newestEpoch()));
      }
      pictures.dropAll();
      signing.open(epoch);
      openLocked(epoch, targets, nowNanos, told);
    }
    told.tell();
    blocks.schedule();
    return Optional.of(AppendResult.ACCEPTED);
  }

  /**
   * Begins a copy of a presentation, whatever is here, perhaps of the same one; false if this store
   * was discarded and another must be made.
   */
  boolean reopen(long epoch, Targets targets, long nowNanos) {
    Told told = new Told();
    synchronized (lock) {
      if (discarded) {
        return false;
      }
      if (epoch != log.view().presentationEpoch()) {
        pictures.dropAll();
      }
      signing.copy();
      openLocked(epoch, targets, nowNanos, told);
    }
    told.tell();
    return true;
  }

  private void openLocked(long epoch, Targets targets, long nowNanos, Told told) {
    bytes.expireAll(log.view(), nowNanos);
    bytes.failWaiters(told);
    log.open(epoch, targets, nowNanos, told);
  }

  AppendResult takeOver(long epoch, long nowNanos) {
    return write(
        epoch,
        told -> {
          log.fence(epoch);
          log.wrote(nowNanos);
          signing.takeOver(epoch);
          return AppendResult.ACCEPTED;
        });
  }

  /** A signer or block came with a copy. */
  void signed(LogRecord.Signing record) {
    Told told = new Told();
    synchronized (lock) {
      log.signed(record, told);
    }
    told.tell();
  }

  long newestEpoch() {
    synchronized (lock) {
      return log.newestEpoch();
    }
  }

  AppendResult expect(long epoch, List<String> renditions, long nowNanos) {
    return write(
        epoch,
        told -> {
          log.record(new LogRecord.Expected(renditions), nowNanos, told);
          return AppendResult.ACCEPTED;
        });
  }

  AppendResult describe(long epoch, RenditionDescription rendition, long nowNanos) {
    return write(
        epoch,
        told -> {
          // The fence rises with the first part, so that the old session's segment can still be
          // ended.
          log.wrote(nowNanos);
          log.record(new LogRecord.Described(rendition), nowNanos, told);
          bytes.describe(rendition);
          return AppendResult.ACCEPTED;
        });
  }

  AppendResult append(String rendition, PartEntry entry, Bytes data, long nowNanos) {
    return write(
        entry.position().epoch(), told -> appendLocked(rendition, entry, data, nowNanos, told));
  }

  /**
   * Appends to a copy: its renditions are filled one beside the other, so that one may still be at
   * an older session; only its own order counts.
   */
  AppendResult copy(String rendition, PartEntry entry, Bytes data, long nowNanos) {
    return write(
        Long.MAX_VALUE,
        told -> {
          signing.copy();
          return appendLocked(rendition, entry, data, nowNanos, told);
        });
  }

  private AppendResult appendLocked(
      String rendition, PartEntry entry, Bytes data, long nowNanos, Told told) {
    LogRecord.Appended record = new LogRecord.Appended(rendition, entry);
    AppendResult result = log.view().check(record);
    if (!(result instanceof AppendResult.Accepted)) {
      return result;
    }
    log.fence(Math.max(log.newestEpoch(), entry.position().epoch()));
    log.wrote(nowNanos);
    RenditionView before = log.view().rendition(rendition).orElseThrow();
    log.record(record, nowNanos, told);
    RenditionView after = log.view().rendition(rendition).orElseThrow();
    bytes.append(before, after, entry, data, nowNanos, told);
    return result;
  }

  AppendResult end(long epoch, long nowNanos) {
    return write(
        epoch,
        told -> {
          log.fence(epoch);
          endLocked(nowNanos, told);
          return AppendResult.ACCEPTED;
        });
  }

  /** Changes what a writer of this epoch may change, and tells it. */
  private AppendResult write(long epoch, Function<Told, AppendResult> change) {
    Told told = new Told();
    AppendResult result;
    synchronized (lock) {
      result = log.isFenced(epoch) ? new AppendResult.Stale(log.newestEpoch()) : change.apply(told);
    }
    told.tell();
    blocks.schedule();
    return result;
  }

  /** Ends the presentation if its writer has been silent for too long. */
  boolean endIfSilent(long nowNanos) {
    Told told = new Told();
    synchronized (lock) {
      if (!log.isSilent(nowNanos)) {
        return false;
      }
      endLocked(nowNanos, told);
    }
    told.tell();
    blocks.schedule();
    return true;
  }

  private void endLocked(long nowNanos, Told told) {
    log.end(nowNanos, told);
    bytes.close();
    bytes.failWaiters(told);
  }

  /** Empty if nothing of the path is readable. */
  Optional<Follower> follow(Consumer<LogRecord> consumer, long nowNanos) {
    synchronized (lock) {
      if (!log.isKept(nowNanos)) {
        return Optional.empty();
      }
    }
    return await(consumer, nowNanos);
  }

  /** Empty if this store was discarded and another must be made. */
  Optional<Follower> await(Consumer<LogRecord> consumer, long nowNanos) {
    Follower follower;
    synchronized (lock) {
      if (discarded) {
        return Optional.empty();
      }
      follower = log.follow(consumer, pictures.replay(), nowNanos);
    }
    follower.deliverWindow();
    return Optional.of(follower);
  }

  void unfollow(Follower follower) {
    follower.close();
    synchronized (lock) {
      log.unfollow(follower);
    }
  }

  CompletionStage<Bytes> bytes(String rendition, String file, long nowNanos) {
    Optional<FileName> name = FileName.parse(file);
    synchronized (lock) {
      if (name.isEmpty() || !log.isKept(nowNanos)) {
        return noSuchFile(file);
      }
      Optional<Bytes> found = bytes.find(rendition, name.get(), nowNanos);
      if (found.isPresent()) {
        return CompletableFuture.completedStage(found.get());
      }
      if (!(name.get() instanceof FileName.Part part)
          || !log.isHinted(rendition, part.position())) {
        return noSuchFile(file);
      }
      int waiters = bytes.waiters();
      if (waiters >= config.maxWaitersPerStream()) {
        return CompletableFuture.failedStage(
            ProtocolException.limit(waiters + " wait for parts of " + path + " already"));
      }
      return bytes.await(rendition, part);
    }
  }

  /** Poster and thumbnails. */
  StoredPictures pictures() {
    return pictures;
  }

  /** Whether a presentation is live, waiting for its publisher, or ended and still kept. */
  boolean isReadable(long nowNanos) {
    synchronized (lock) {
      return log.isKept(nowNanos);
    }
  }

  StreamView view() {
    synchronized (lock) {
      return log.view();
    }
  }

  long sizeBytes() {
    synchronized (lock) {
      return bytes.sizeBytes();
    }
  }

  /** Lets go what is over its time; true if nothing is left and the store was discarded. */
  boolean sweep(long nowNanos) {
    boolean gone;
    synchronized (lock) {
      bytes.dropExpired(nowNanos);
      pictures.dropUnlisted();
      signing.sweep(log.view(), nowNanos);
      if (log.view().ended() && !log.isKept(nowNanos)) {
        bytes.dropAll();
        pictures.dropAll();
        log.clear();
      }
      discarded = log.isWithoutFollowers() && !log.view().opened() && bytes.isEmpty();
      gone = discarded;
    }
    blocks.schedule();
    return gone;
  }

  /** Lets a copy go that is not kept here any more. */
  void drop() {
    Told told = new Told();
    synchronized (lock) {
      bytes.failWaiters(told);
      bytes.dropAll();
      pictures.dropAll();
      log.forget();
    }
    told.tell();
  }

  /** When the oldest segment may go that no playlist lists; empty if there is none. */
  OptionalLong oldestExpiryNanos() {
    synchronized (lock) {
      return bytes.oldestExpiryNanos();
    }
  }

  /** Drops the oldest segment of each rendition but not the live edge; gives how many. */
  int evictOldest() {
    synchronized (lock) {
      return bytes.dropOldest(NEVER_EVICTED_SEGMENTS);
    }
  }

  /** The node stops: nobody is told anything any more, and who waits is let go. */
  void close() {
    Told told = new Told();
    synchronized (lock) {
      bytes.failWaiters(told);
      pictures.dropAll();
      log.closeFollowers();
      discarded = true;
    }
    told.tell();
  }

  private static CompletionStage<Bytes> noSuchFile(String file) {
    return CompletableFuture.failedStage(new NoSuchFileException(file));
  }
}
