package dev.millrace.edge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.Segment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * SHA-256 of whole segments, each computed once. The log has the hashes of parts, from which that
 * of the whole does not follow, so the bytes are needed: they are those of the {@link MediaCache},
 * where viewers have them from, and came from a source that has compared every part with the log
 * and the log with its signatures. Any thread.
 */
final class SegmentHashes {
  private static final int MOST = 50_000;
  private static final Duration IDLE = Duration.ofMinutes(5);

  private final MediaCache media;
  private final Cache<MediaCache.Key, CompletableFuture<String>> known;

  SegmentHashes(MediaCache media, LongSupplier nanoTime) {
    this.media = media;
    this.known =
        Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfterAccess(IDLE)
            .ticker(nanoTime::getAsLong)
            .executor(Runnable::run)
            .build();
  }

  /**
   * The hash of a complete segment without gaps, 64 hexadecimal digits; fails where its bytes
   * cannot be had now.
   *
   * @param key of the whole segment
   * @param hashing for work of some milliseconds
   */
  CompletableFuture<String> of(MediaCache.Key key, Segment segment, Executor hashing) {
    CompletableFuture<String> mine = new CompletableFuture<>();
    CompletableFuture<String> first = known.asMap().putIfAbsent(key, mine);
    if (first != null) {
      return first;
    }
    mine.whenComplete(
        (hash, failure) -> {
          if (failure != null) {
            known.asMap().remove(key, mine);
          }
        });
    media.join(key, segment.parts().stream().map(part -> key.sibling(nameOf(part))).toList());
    media.fetch(
        key,
        (bytes, failure) -> {
          if (bytes == null) {
            mine.completeExceptionally(
                failure == null ? new IllegalStateException("no bytes") : failure);
            return;
          }
          try {
            hashing.execute(
                () -> {
                  try {
                    mine.complete(bytes.sha256());
                  } finally {
                    bytes.release();
                  }
                });
          } catch (RuntimeException e) {
            bytes.release();
            mine.completeExceptionally(e);
          }
        });
    return mine;
  }

  private static FileName nameOf(PartEntry part) {
    return new FileName.Part(part.position());
  }

  /** All of these, or as many as there are. */
  static CompletableFuture<Void> settled(List<CompletableFuture<String>> hashes) {
    return CompletableFuture.allOf(
        hashes.stream()
            .map(each -> each.handle((hash, failure) -> hash))
            .toArray(CompletableFuture<?>[]::new));
  }
}
