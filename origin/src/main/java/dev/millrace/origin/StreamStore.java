package dev.millrace.origin;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.PartSource.NoSuchFileException;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.StreamPictures;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import dev.millrace.media.log.Thumbnail;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

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
  private final StreamPictures pictures;
  private final List<Follower> followers = new ArrayList<>();
  private StreamView view = StreamView.empty();
  private long newestEpoch;
  private long lastWriteNanos;
  private long endedAtNanos;

  /** Taken out of the node's table; whoever still has a reference must look there again. */
  private boolean discarded;

  StreamStore(StreamPath path, OriginConfig config, AtomicLong heldBytes, AtomicLong pictureBytes) {
    this.path = path;
    this.config = config;
    this.bytes = new StreamBytes(config, heldBytes);
    this.pictures = new StreamPictures(pictureBytes);
  }

  /** Begins a presentation; empty if this store was discarded and another must be made. */
  Optional<AppendResult> open(long epoch, Targets targets, long nowNanos) {
    Told told = new Told();
    synchronized (lock) {
      if (discarded) {
        return Optional.empty();
      }
      boolean repeated = epoch == newestEpoch && view.opened();
      if (repeated && !view.ended() && view.targets().equals(targets)) {
        return Optional.of(AppendResult.ACCEPTED);
      }
      if (repeated || epoch < newestEpoch) {
        return Optional.of(new AppendResult.Stale(newestEpoch));
      }
      pictures.dropAll();
      openLocked(epoch, targets, nowNanos, told);
    }
    told.tell();
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
      if (epoch != view.presentationEpoch()) {
        pictures.dropAll();
      }
      openLocked(epoch, targets, nowNanos, told);
    }
    told.tell();
    return true;
  }

  private void openLocked(long epoch, Targets targets, long nowNanos, Told told) {
    bytes.expireAll(view, nowNanos);
    failWaiters(told);
    newestEpoch = epoch;
    lastWriteNanos = nowNanos;
    view = StreamView.empty();
    record(new LogRecord.Opened(epoch, targets), told);
  }

  AppendResult takeOver(long epoch, long nowNanos) {
    synchronized (lock) {
      if (isFenced(epoch)) {
        return new AppendResult.Stale(newestEpoch);
      }
      newestEpoch = epoch;
      lastWriteNanos = nowNanos;
    }
    return AppendResult.ACCEPTED;
  }

  long newestEpoch() {
    synchronized (lock) {
      return newestEpoch;
    }
  }

  AppendResult expect(long epoch, List<String> renditions) {
    Told told = new Told();
    synchronized (lock) {
      if (isFenced(epoch)) {
        return new AppendResult.Stale(newestEpoch);
      }
      record(new LogRecord.Expected(renditions), told);
    }
    told.tell();
    return AppendResult.ACCEPTED;
  }

  AppendResult describe(long epoch, RenditionDescription rendition, long nowNanos) {
    Told told = new Told();
    synchronized (lock) {
      if (isFenced(epoch)) {
        return new AppendResult.Stale(newestEpoch);
      }
      // The fence rises with the first part, so that the old session's segment can still be ended.
      lastWriteNanos = nowNanos;
      record(new LogRecord.Described(rendition), told);
      bytes.describe(rendition);
    }
    told.tell();
    return AppendResult.ACCEPTED;
  }

  AppendResult append(String rendition, PartEntry entry, Bytes data, long nowNanos) {
    return append(rendition, entry, data, nowNanos, entry.position().epoch());
  }

  /**
   * Appends to a copy: its renditions are filled one beside the other, so that one may still be at
   * an older session; only its own order counts.
   */
  AppendResult copy(String rendition, PartEntry entry, Bytes data, long nowNanos) {
    return append(rendition, entry, data, nowNanos, Long.MAX_VALUE);
  }

  private AppendResult append(
      String rendition, PartEntry entry, Bytes data, long nowNanos, long writerEpoch) {
    Told told = new Told();
    synchronized (lock) {
      if (isFenced(writerEpoch)) {
        return new AppendResult.Stale(newestEpoch);
      }
      LogRecord.Appended record = new LogRecord.Appended(rendition, entry);
      AppendResult result = view.check(record);
      if (!(result instanceof AppendResult.Accepted)) {
        return result;
      }
      newestEpoch = Math.max(newestEpoch, entry.position().epoch());
      lastWriteNanos = nowNanos;
      RenditionView before = view.rendition(rendition).orElseThrow();
      record(record, told);
      RenditionView after = view.rendition(rendition).orElseThrow();
      bytes.append(before, after, entry, data, nowNanos);
      bytes
          .takeHinted(rendition)
          .ifPresent(hinted -> told.answer(() -> answer(hinted, entry, data)));
    }
    told.tell();
    return AppendResult.ACCEPTED;
  }

  AppendResult end(long epoch, long nowNanos) {
    Told told = new Told();
    synchronized (lock) {
      if (isFenced(epoch)) {
        return new AppendResult.Stale(newestEpoch);
      }
      newestEpoch = epoch;
      endLocked(nowNanos, told);
    }
    told.tell();
    return AppendResult.ACCEPTED;
  }

  /** Ends the presentation if its writer has been silent for too long. */
  boolean endIfSilent(long nowNanos) {
    Told told = new Told();
    synchronized (lock) {
      boolean silent = nowNanos - lastWriteNanos >= config.writerSilence().toNanos();
      if (!view.opened() || view.ended() || !silent) {
        return false;
      }
      endLocked(nowNanos, told);
    }
    told.tell();
    return true;
  }

  private void endLocked(long nowNanos, Told told) {
    record(new LogRecord.Ended(), told);
    endedAtNanos = nowNanos;
    bytes.close();
    failWaiters(told);
  }

  /** Empty if nothing of the path is readable. */
  Optional<Follower> follow(Consumer<LogRecord> consumer, long nowNanos) {
    synchronized (lock) {
      if (!isKept(nowNanos)) {
        return Optional.empty();
      }
    }
    return await(consumer, nowNanos);
  }

  /** Empty if this store was discarded and another must be made. */
  Optional<Follower> await(Consumer<LogRecord> consumer, long nowNanos) {
    Follower follower = new Follower(path, consumer);
    synchronized (lock) {
      if (discarded) {
        return Optional.empty();
      }
      if (isKept(nowNanos)) {
        view.replay().forEach(follower::offer);
        pictures.replay(view).forEach(follower::offer);
      }
      // Registered under the same lock that orders appends: no hole and no duplicate in between.
      followers.add(follower);
    }
    follower.deliverWindow();
    return Optional.of(follower);
  }

  void unfollow(Follower follower) {
    follower.close();
    synchronized (lock) {
      followers.remove(follower);
    }
  }

  CompletionStage<Bytes> bytes(String rendition, String file, long nowNanos) {
    Optional<FileName> name = FileName.parse(file);
    synchronized (lock) {
      if (name.isEmpty() || !isKept(nowNanos)) {
        return noSuchFile(file);
      }
      Optional<Bytes> found = bytes.find(rendition, name.get(), nowNanos);
      if (found.isPresent()) {
        return CompletableFuture.completedStage(found.get());
      }
      if (!(name.get() instanceof FileName.Part part) || !isHinted(rendition, part)) {
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

  /** Replaces the poster; false if it is too large or not of this presentation. */
  boolean poster(long epoch, Picture poster) {
    Told told = new Told();
    synchronized (lock) {
      boolean taken =
          view.opened()
              && !view.ended()
              && epoch >= view.presentationEpoch()
              && pictures.poster(poster);
      if (!taken) {
        return false;
      }
      record(new LogRecord.PosterTaken(poster), told);
    }
    told.tell();
    return true;
  }

  /** Adds a thumbnail; false if it is too large, known, or not of the window. */
  boolean thumbnail(Thumbnail thumbnail) {
    Told told = new Told();
    synchronized (lock) {
      boolean taken =
          view.opened()
              && thumbnail.epoch() >= view.presentationEpoch()
              && pictures.thumbnail(thumbnail, view);
      if (!taken) {
        return false;
      }
      record(new LogRecord.ThumbnailTaken(thumbnail), told);
    }
    told.tell();
    return true;
  }

  Optional<Picture> poster(long nowNanos) {
    synchronized (lock) {
      return isKept(nowNanos) ? pictures.poster() : Optional.empty();
    }
  }

  List<Thumbnail> thumbnails(long nowNanos) {
    synchronized (lock) {
      return isKept(nowNanos) ? pictures.thumbnails(view) : List.of();
    }
  }

  /** Whether a presentation is live, waiting for its publisher, or ended and still kept. */
  boolean isReadable(long nowNanos) {
    synchronized (lock) {
      return isKept(nowNanos);
    }
  }

  StreamView view() {
    synchronized (lock) {
      return view;
    }
  }

  long sizeBytes() {
    synchronized (lock) {
      return bytes.sizeBytes();
    }
  }

  /** Lets go what is over its time; true if nothing is left and the store was discarded. */
  boolean sweep(long nowNanos) {
    synchronized (lock) {
      bytes.dropExpired(nowNanos);
      pictures.dropUnlisted(view);
      if (view.ended() && !isKept(nowNanos)) {
        bytes.dropAll();
        pictures.dropAll();
        view = StreamView.empty();
      }
      followers.removeIf(Follower::isClosed);
      discarded = !view.opened() && followers.isEmpty() && bytes.isEmpty();
      return discarded;
    }
  }

  /** Lets a copy go that is not kept here any more. */
  void drop() {
    Told told = new Told();
    synchronized (lock) {
      failWaiters(told);
      bytes.dropAll();
      pictures.dropAll();
      view = StreamView.empty();
      newestEpoch = 0;
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
      failWaiters(told);
      pictures.dropAll();
      followers.forEach(Follower::close);
      followers.clear();
      discarded = true;
    }
    told.tell();
  }

  private boolean isKept(long nowNanos) {
    // RFC 8216bis §6.2.1: an ended playlist stays for at least its own duration.
    long keptNanos = Math.max(config.endedRetention().toNanos(), view.targets().windowUs() * 1000);
    return view.opened() && !(view.ended() && nowNanos - endedAtNanos >= keptNanos);
  }

  private boolean isFenced(long epoch) {
    if (!view.opened()) {
      throw ProtocolException.malformed("write to " + path + " before its presentation was opened");
    }
    return epoch < newestEpoch || view.ended();
  }

  private boolean isHinted(String rendition, FileName.Part part) {
    return !view.ended()
        && view.rendition(rendition)
            .flatMap(RenditionView::next)
            .filter(part.position()::equals)
            .isPresent();
  }

  private void record(LogRecord record, Told told) {
    view = view.apply(record);
    followers.forEach(follower -> follower.offer(record));
    told.deliverTo(followers);
  }

  private void failWaiters(Told told) {
    bytes.takeHinted().forEach(hinted -> told.answer(hinted::willNotCome));
  }

  private static void answer(HintedPart hinted, PartEntry entry, Bytes data) {
    // An end marker or a new session may stand where the part was expected.
    if (hinted.position().equals(entry.position()) && !entry.isEndMarker()) {
      hinted.came(data);
    } else {
      hinted.willNotCome();
    }
  }

  private static CompletionStage<Bytes> noSuchFile(String file) {
    return CompletableFuture.failedStage(new NoSuchFileException(file));
  }
}
