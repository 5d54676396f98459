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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  /** Media bytes of all streams of the node. */
  private final AtomicLong heldBytes;

  private final Object lock = new Object();
  private final Map<String, RenditionStore> renditions = new HashMap<>();
  private final List<Follower> followers = new ArrayList<>();
  private StreamView view = StreamView.empty();
  private long newestEpoch;
  private long lastWriteNanos;
  private long endedAtNanos;

  /** Taken out of the node's table; whoever still has a reference must look there again. */
  private boolean discarded;

  StreamStore(StreamPath path, OriginConfig config, AtomicLong heldBytes) {
    this.path = path;
    this.config = config;
    this.heldBytes = heldBytes;
  }

  /** What must be told once the lock is released: to waiters first, then to followers. */
  private static final class Told {
    private final List<Runnable> answers = new ArrayList<>();
    private final List<Follower> followers = new ArrayList<>();

    void tell() {
      answers.forEach(Runnable::run);
      followers.forEach(Follower::deliver);
    }
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
      expireListed(nowNanos);
      failWaiters(told);
      newestEpoch = epoch;
      lastWriteNanos = nowNanos;
      view = StreamView.empty();
      record(new LogRecord.Opened(epoch, targets), told);
    }
    told.tell();
    return Optional.of(AppendResult.ACCEPTED);
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
      renditions
          .computeIfAbsent(rendition.name(), name -> new RenditionStore())
          .describe(rendition);
    }
    told.tell();
    return AppendResult.ACCEPTED;
  }

  AppendResult append(String rendition, PartEntry entry, Bytes data, long nowNanos) {
    Told told = new Told();
    synchronized (lock) {
      if (isFenced(entry.position().epoch())) {
        return new AppendResult.Stale(newestEpoch);
      }
      LogRecord.Appended record = new LogRecord.Appended(rendition, entry);
      AppendResult result = view.check(record);
      if (!(result instanceof AppendResult.Accepted)) {
        return result;
      }
      newestEpoch = entry.position().epoch();
      lastWriteNanos = nowNanos;
      RenditionView before = view.rendition(rendition).orElseThrow();
      record(record, told);
      RenditionView after = view.rendition(rendition).orElseThrow();
      RenditionStore store = renditions.computeIfAbsent(rendition, name -> new RenditionStore());
      store.append(entry, data);
      heldBytes.addAndGet(data.length());
      store.expireRemoved(before, after, nowNanos, config.removalGrace().toNanos());
      heldBytes.addAndGet(-store.dropExpired(nowNanos));
      store.takeHinted().ifPresent(hinted -> told.answers.add(() -> answer(hinted, entry, data)));
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
    renditions.values().forEach(RenditionStore::close);
    failWaiters(told);
  }

  /** Empty if nothing of the path is readable. */
  Optional<Follower> follow(Consumer<LogRecord> consumer, long nowNanos) {
    Follower follower = new Follower(path, consumer);
    synchronized (lock) {
      if (!isKept(nowNanos)) {
        return Optional.empty();
      }
      // Registered under the same lock that orders appends: no hole and no duplicate in between.
      view.replay().forEach(follower::offer);
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
      RenditionStore store = renditions.get(rendition);
      if (name.isEmpty() || store == null || !isKept(nowNanos)) {
        return noSuchFile(file);
      }
      Optional<Bytes> found = store.find(name.get(), nowNanos);
      if (found.isPresent()) {
        return CompletableFuture.completedStage(found.get());
      }
      if (!(name.get() instanceof FileName.Part part) || !isHinted(rendition, part)) {
        return noSuchFile(file);
      }
      int waiters = renditions.values().stream().mapToInt(RenditionStore::waiters).sum();
      if (waiters >= config.maxWaitersPerStream()) {
        return CompletableFuture.failedStage(
            ProtocolException.limit(
                waiters
                    + " wait for parts of "
                    + path
                    + ", limit "
                    + config.maxWaitersPerStream()));
      }
      return store.hint(part).join();
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
      return renditions.values().stream().mapToLong(RenditionStore::sizeBytes).sum();
    }
  }

  /** Lets go what is over its time; true if nothing is left and the store was discarded. */
  boolean sweep(long nowNanos) {
    synchronized (lock) {
      long freed = 0;
      for (RenditionStore store : renditions.values()) {
        freed += store.dropExpired(nowNanos);
      }
      if (view.ended() && !isKept(nowNanos)) {
        freed += renditions.values().stream().mapToLong(RenditionStore::sizeBytes).sum();
        renditions.clear();
        view = StreamView.empty();
      }
      renditions.values().removeIf(RenditionStore::isEmpty);
      heldBytes.addAndGet(-freed);
      followers.removeIf(Follower::isClosed);
      discarded = !view.opened() && followers.isEmpty() && renditions.isEmpty();
      return discarded;
    }
  }

  /** When the oldest segment may go that no playlist lists; empty if there is none. */
  OptionalLong oldestExpiryNanos() {
    synchronized (lock) {
      return renditions.values().stream()
          .map(RenditionStore::oldestExpiryNanos)
          .filter(OptionalLong::isPresent)
          .mapToLong(OptionalLong::getAsLong)
          .min();
    }
  }

  /** Drops the oldest segment of each rendition, listed or not, but not the live edge. */
  long evictOldest() {
    synchronized (lock) {
      long freed = 0;
      for (RenditionStore store : renditions.values()) {
        freed += store.dropOldest(NEVER_EVICTED_SEGMENTS);
      }
      heldBytes.addAndGet(-freed);
      return freed;
    }
  }

  /** The node stops: nobody is told anything any more, and who waits is let go. */
  void close() {
    Told told = new Told();
    synchronized (lock) {
      failWaiters(told);
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
    told.followers.addAll(followers);
  }

  private void expireListed(long nowNanos) {
    for (RenditionView rendition : view.renditions()) {
      RenditionStore store = renditions.get(rendition.description().name());
      if (store != null) {
        store.expireAll(rendition, nowNanos, config.removalGrace().toNanos());
      }
    }
  }

  private void failWaiters(Told told) {
    for (RenditionStore store : renditions.values()) {
      store.takeHinted().ifPresent(hinted -> told.answers.add(hinted::willNotCome));
    }
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
