package dev.millrace.origin;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the bytes of all streams below the node's limit. First to go are bytes that no playlist
 * lists any more, those that would expire first; when there are none, the largest stream loses its
 * oldest listed segments, which only viewers far behind the live edge notice. The live edge itself
 * stays, even if that breaks the limit. Any thread.
 */
final class ByteBudget {
  private static final Logger log = LoggerFactory.getLogger(ByteBudget.class);
  private static final long LOG_INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();

  private final long maxBytes;
  private final AtomicLong heldBytes;
  private final Collection<StreamStore> streams;

  /** One eviction at a time, or two writers would both free what one had to. */
  private final Object lock = new Object();

  private long evictedSegments;
  private OptionalLong loggedAtNanos = OptionalLong.empty();

  ByteBudget(long maxBytes, AtomicLong heldBytes, Collection<StreamStore> streams) {
    this.maxBytes = maxBytes;
    this.heldBytes = heldBytes;
    this.streams = streams;
  }

  /** Evicts until the limit is kept or nothing is left to evict. */
  void keep(long nowNanos) {
    if (heldBytes.get() <= maxBytes) {
      return;
    }
    synchronized (lock) {
      boolean found = true;
      while (found && heldBytes.get() > maxBytes) {
        int evicted = evictOne(nowNanos);
        evictedSegments += evicted;
        found = evicted > 0;
      }
      logNowAndThen(nowNanos);
    }
  }

  private int evictOne(long nowNanos) {
    Optional<StreamStore> unlisted =
        streams.stream()
            .filter(stream -> stream.oldestExpiryNanos().isPresent())
            // Differences, since a monotonic clock may begin anywhere.
            .min(Comparator.comparingLong(s -> s.oldestExpiryNanos().orElse(nowNanos) - nowNanos));
    Optional<StreamStore> chosen =
        unlisted.isPresent()
            ? unlisted
            : streams.stream().max(Comparator.comparingLong(StreamStore::sizeBytes));
    return chosen.map(StreamStore::evictOldest).orElse(0);
  }

  private void logNowAndThen(long nowNanos) {
    boolean due =
        loggedAtNanos.isEmpty() || nowNanos - loggedAtNanos.getAsLong() >= LOG_INTERVAL_NANOS;
    if (due) {
      log.warn(
          "over the limit of {} bytes: dropped {} old segments, {} bytes held",
          maxBytes,
          evictedSegments,
          heldBytes.get());
      evictedSegments = 0;
      loggedAtNanos = OptionalLong.of(nowNanos);
    }
  }
}
