package dev.millrace.edge;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.PictureSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Posters of streams that nobody watches here, for lists: asked of a node that has them when
 * somebody looks, kept for a moment, and asked once however many look. Nothing is followed for
 * them. Any thread.
 */
final class Posters {
  /** A list with a picture a few seconds old is as good. */
  private static final Duration KEPT = Duration.ofSeconds(5);

  private static final long MAX_BYTES = 32L << 20;

  /** What a stream without a poster costs. */
  private static final int NOTHING_BYTES = 100;

  /** More than a page shows at a glance; who asks for more asks again. */
  private static final int MAX_ASKED = 32;

  private static final Executor SAME_THREAD = Runnable::run;

  private final PictureSource source;
  private final AsyncCache<StreamPath, Optional<Picture>> cache;
  private final AtomicInteger asked = new AtomicInteger();

  Posters(PictureSource source, LongSupplier nanoTime) {
    this.source = source;
    this.cache =
        Caffeine.newBuilder()
            .executor(SAME_THREAD)
            .ticker(nanoTime::getAsLong)
            .expireAfterWrite(KEPT)
            .maximumWeight(MAX_BYTES)
            .<StreamPath, Optional<Picture>>weigher(
                (path, poster) ->
                    NOTHING_BYTES + poster.map(picture -> picture.jpeg().length()).orElse(0))
            .buildAsync();
  }

  /** The poster; empty if nobody has one, or too many are being asked for. */
  CompletableFuture<Optional<Picture>> of(StreamPath path) {
    CompletableFuture<Optional<Picture>> known = cache.getIfPresent(path);
    if (known != null) {
      return known;
    }
    if (asked.incrementAndGet() > MAX_ASKED) {
      asked.decrementAndGet();
      return CompletableFuture.completedFuture(Optional.empty());
    }
    CompletableFuture<Optional<Picture>> answer =
        cache.get(path, (key, executor) -> source.fetchPoster(key).toCompletableFuture());
    answer.whenComplete((poster, failure) -> asked.decrementAndGet());
    return answer;
  }
}
