package dev.millrace.edge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.PartSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Parts, segments and initialization sections near the viewer: however many ask for a name, the
 * source is asked once, also while the bytes do not exist yet. Bounded by bytes; what nobody asks
 * for leaves. Failures are not kept. Any thread.
 */
final class MediaCache {
  /*
   * Caffeine's AsyncCache would be a single flight by itself, but logs a warning with a stack for
   * every name that does not exist, which a stranger can ask for at will; and between completion and
   * eviction nobody would hold the bytes for those who waited. So the flights are kept here.
   */
  private static final int ENTRY_OVERHEAD_BYTES = 512;

  private final PartSource source;
  private final Cache<Key, MediaBytes> cache;
  private final ConcurrentHashMap<Key, CompletableFuture<MediaBytes>> flights =
      new ConcurrentHashMap<>();

  /** The name of bytes that never change. */
  record Key(StreamPath path, String rendition, FileName name) {
    /** Another name of the same rendition. */
    Key sibling(FileName other) {
      return new Key(path, rendition, other);
    }
  }

  /** Receives the bytes, with a count to release, or why there are none. */
  interface Receiver {
    void receive(@Nullable MediaBytes bytes, @Nullable Throwable failure);
  }

  MediaCache(PartSource source, EdgeConfig config, LongSupplier nanoTime) {
    this.source = source;
    this.cache =
        Caffeine.newBuilder()
            .maximumWeight(config.cacheBytes())
            .<Key, MediaBytes>weigher((key, bytes) -> bytes.length() + ENTRY_OVERHEAD_BYTES)
            .expireAfterAccess(config.cacheIdle())
            .ticker(nanoTime::getAsLong)
            .executor(Runnable::run)
            .removalListener(MediaCache::removed)
            .build();
  }

  /** The bytes if they are here, with a count that the caller releases; null if they are not. */
  @Nullable MediaBytes get(Key key) {
    MediaBytes present = cache.getIfPresent(key);
    return present != null && present.tryRetain() ? present : null;
  }

  /**
   * Puts a whole together from parts that are here, so that it takes no memory of its own and the
   * source is not asked; does nothing if one of them is not.
   */
  void join(Key whole, List<Key> parts) {
    List<MediaBytes> present = new ArrayList<>(parts.size());
    for (Key part : parts) {
      MediaBytes bytes = get(part);
      if (bytes == null) {
        present.forEach(MediaBytes::release);
        return;
      }
      present.add(bytes);
    }
    MediaBytes joined = MediaBytes.join(present);
    if (cache.asMap().putIfAbsent(whole, joined) != null) {
      joined.release();
    }
  }

  /** Gives the receiver the bytes as soon as they exist, on the caller's or the source's thread. */
  void fetch(Key key, Receiver receiver) {
    CompletableFuture<MediaBytes> mine = new CompletableFuture<>();
    CompletableFuture<MediaBytes> running = flights.putIfAbsent(key, mine);
    (running == null ? mine : running)
        .whenComplete(
            (bytes, failure) -> {
              if (failure != null) {
                receiver.receive(null, failure);
              } else if (bytes.tryRetain()) {
                receiver.receive(bytes, null);
              } else {
                // Joined a flight in the instant between its landing and its leaving the map.
                fetch(key, receiver);
              }
            });
    if (running == null) {
      depart(key, mine);
    }
  }

  /** The bytes that the cache holds; what joined segments share with their parts counts twice. */
  long heldBytes() {
    return cache.policy().eviction().orElseThrow().weightedSize().orElse(0);
  }

  /** Lets go of what expired, also when nobody asks for anything. */
  void sweep() {
    cache.cleanUp();
  }

  void close() {
    cache.invalidateAll();
    cache.cleanUp();
  }

  private void depart(Key key, CompletableFuture<MediaBytes> flight) {
    MediaBytes present = get(key);
    if (present != null) {
      // It landed between the caller's look into the cache and this flight.
      land(key, flight, present);
      return;
    }
    source
        .bytes(key.path(), key.rendition(), key.name().toString())
        .whenComplete(
            (bytes, failure) -> {
              try {
                if (failure != null) {
                  throw failure;
                }
                land(key, flight, store(key, bytes));
              } catch (Throwable e) {
                flights.remove(key, flight);
                flight.completeExceptionally(
                    e instanceof CompletionException && e.getCause() != null ? e.getCause() : e);
              }
            });
  }

  /** Copies the bytes for the cache, which holds one count; the other is the caller's. */
  private MediaBytes store(Key key, Bytes bytes) {
    MediaBytes stored = MediaBytes.copyOf(bytes);
    if (!stored.tryRetain()) {
      throw new IllegalStateException("new bytes have a count");
    }
    cache.put(key, stored);
    return stored;
  }

  /** Ends a flight; takes a count, which lasts until everybody who waited has taken one. */
  private void land(Key key, CompletableFuture<MediaBytes> flight, MediaBytes bytes) {
    flights.remove(key, flight);
    try {
      flight.complete(bytes);
    } finally {
      bytes.release();
    }
  }

  private static void removed(@Nullable Key key, @Nullable MediaBytes bytes, RemovalCause cause) {
    if (bytes != null) {
      bytes.release();
    }
  }
}
