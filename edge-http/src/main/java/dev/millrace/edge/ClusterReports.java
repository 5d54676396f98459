package dev.millrace.edge;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the other nodes last told of themselves. Each is asked at most once a second, and only while
 * somebody wants to know. Any thread.
 */
final class ClusterReports {
  private static final Logger log = LoggerFactory.getLogger(ClusterReports.class);

  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What is older than this says nothing of now. */
  private static final long VALID_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Function<String, CompletionStage<String>> source;
  private final LongSupplier nanoTime;
  private final ConcurrentHashMap<String, Told> told = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, CompletableFuture<Void>> asking =
      new ConcurrentHashMap<>();

  private record Told(NodeReport report, long atNanos) {}

  ClusterReports(Function<String, CompletionStage<String>> source, LongSupplier nanoTime) {
    this.source = source;
    this.nanoTime = nanoTime;
  }

  /** What a node told within the last seconds; nothing if it did not. */
  NodeReport of(String node) {
    Told known = told.get(node);
    return known == null || nanoTime.getAsLong() - known.atNanos > VALID_NANOS
        ? NodeReport.EMPTY
        : known.report;
  }

  /**
   * Asks the nodes that have not told anything for a second, and forgets those that are not named.
   *
   * @return completes when all whose last word is no longer valid have answered or failed, on any
   *     thread; at once if there are none
   */
  CompletableFuture<Void> refresh(Collection<String> nodes) {
    told.keySet().retainAll(nodes);
    CompletableFuture<?>[] awaited =
        nodes.stream()
            .filter(node -> !isYounger(node, FRESH_NANOS))
            .map(node -> Map.entry(node, ask(node)))
            .filter(asked -> !isYounger(asked.getKey(), VALID_NANOS))
            .map(Map.Entry::getValue)
            .toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(awaited);
  }

  private boolean isYounger(String node, long nanos) {
    Told known = told.get(node);
    return known != null && nanoTime.getAsLong() - known.atNanos <= nanos;
  }

  private CompletableFuture<Void> ask(String node) {
    CompletableFuture<Void> mine = new CompletableFuture<>();
    CompletableFuture<Void> running = asking.putIfAbsent(node, mine);
    if (running != null) {
      return running;
    }
    answer(node)
        .whenComplete(
            (text, failure) -> {
              try {
                if (failure == null) {
                  told.put(node, new Told(NodeReport.read(text), nanoTime.getAsLong()));
                } else {
                  log.debug("node {} does not tell how it is: {}", node, failure.toString());
                }
              } catch (IllegalArgumentException e) {
                log.warn("node {}: {}", node, e.getMessage());
              } finally {
                asking.remove(node);
                mine.complete(null);
              }
            });
    return mine;
  }

  private CompletionStage<String> answer(String node) {
    try {
      return source.apply(node);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
