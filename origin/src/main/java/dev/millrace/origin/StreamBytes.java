package dev.millrace.origin;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.StreamView;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of all renditions of one path, and their share in what the node holds. Guarded by the
 * lock of its {@link StreamStore}.
 */
final class StreamBytes {
  private final Map<String, RenditionStore> renditions = new HashMap<>();
  private final long graceNanos;

  /** Media bytes of all streams of the node. */
  private final AtomicLong heldBytes;

  StreamBytes(OriginConfig config, AtomicLong heldBytes) {
    this.graceNanos = config.removalGrace().toNanos();
    this.heldBytes = heldBytes;
  }

  void describe(RenditionDescription description) {
    of(description.name()).describe(description);
  }

  /**
   * Takes an entry's bytes, lets go what it made leave the playlist, and answers who waits for it.
   */
  void append(
      RenditionView before, RenditionView after, PartEntry entry, Bytes data, long now, Told told) {
    RenditionStore store = of(after.description().name());
    heldBytes.addAndGet(data.length() - store.append(entry, data));
    store.expireRemoved(before, after, now, graceNanos);
    heldBytes.addAndGet(-store.dropExpired(now));
    store.takeHinted().ifPresent(hinted -> told.answer(() -> answer(hinted, entry, data)));
  }

  /** A presentation is replaced: nothing of it is listed any more. */
  void expireAll(StreamView replaced, long nowNanos) {
    for (RenditionView rendition : replaced.renditions()) {
      of(rendition.description().name()).expireAll(rendition, nowNanos, graceNanos);
    }
  }

  /** The presentation is over: its last segments are whole. */
  void close() {
    renditions.values().forEach(RenditionStore::close);
  }

  Optional<Bytes> find(String rendition, FileName name, long nowNanos) {
    RenditionStore store = renditions.get(rendition);
    return store == null ? Optional.empty() : store.find(name, nowNanos);
  }

  /** How many wait for parts that do not exist yet. */
  int waiters() {
    return renditions.values().stream().mapToInt(RenditionStore::waiters).sum();
  }

  /** Waits for the part that comes next. */
  CompletionStage<Bytes> await(String rendition, FileName.Part next) {
    return of(rendition).hint(next).join();
  }

  /** Nothing comes that anybody waits for. */
  void failWaiters(Told told) {
    for (RenditionStore store : renditions.values()) {
      store.takeHinted().ifPresent(hinted -> told.answer(hinted::willNotCome));
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

  long sizeBytes() {
    return renditions.values().stream().mapToLong(RenditionStore::sizeBytes).sum();
  }

  boolean isEmpty() {
    return renditions.isEmpty();
  }

  /** When the oldest segment may go that no playlist lists; empty if there is none. */
  OptionalLong oldestExpiryNanos() {
    return renditions.values().stream()
        .map(RenditionStore::oldestExpiryNanos)
        .filter(OptionalLong::isPresent)
        .mapToLong(OptionalLong::getAsLong)
        .min();
  }

  /** Drops what is over its time. */
  void dropExpired(long nowNanos) {
    renditions.values().forEach(store -> heldBytes.addAndGet(-store.dropExpired(nowNanos)));
    renditions.values().removeIf(RenditionStore::isEmpty);
  }

  void dropAll() {
    heldBytes.addAndGet(-sizeBytes());
    renditions.clear();
  }

  /**
   * Drops the oldest segment of each rendition, unless it is listed and one of its last {@code
   * least}; gives how many were dropped.
   */
  int dropOldest(int least) {
    int dropped = 0;
    for (RenditionStore store : renditions.values()) {
      Optional<StoredSegment> taken = store.takeOldest(least);
      if (taken.isPresent()) {
        heldBytes.addAndGet(-taken.get().sizeBytes());
        dropped++;
      }
    }
    return dropped;
  }

  private RenditionStore of(String rendition) {
    return renditions.computeIfAbsent(rendition, name -> new RenditionStore());
  }
}
