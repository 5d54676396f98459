package dev.millrace.transcoder.ladder;

import dev.millrace.transcoder.feed.FeedHub;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Requests for a stream's feed by workers that are not let in yet. Any thread. */
final class WaitingFeeds {
  // Guarded by this, like what follows.
  private final SortedMap<Long, CompletableFuture<FeedHub>> waiting = new TreeMap<>();
  private long admitted = Long.MIN_VALUE;

  /** The feed; at once for a generation that was admitted, and for older ones. */
  synchronized CompletionStage<FeedHub> feed(long generation, FeedHub hub) {
    return generation <= admitted
        ? CompletableFuture.completedStage(hub)
        : waiting.computeIfAbsent(generation, each -> new CompletableFuture<>());
  }

  /** This generation may read, and older ones. */
  void admit(long generation, FeedHub hub) {
    List<CompletableFuture<FeedHub>> free;
    synchronized (this) {
      admitted = Math.max(admitted, generation);
      SortedMap<Long, CompletableFuture<FeedHub>> upTo =
          admitted == Long.MAX_VALUE ? waiting : waiting.headMap(admitted + 1);
      free = new ArrayList<>(upTo.values());
      upTo.clear();
    }
    free.forEach(each -> each.complete(hub));
  }
}
