package dev.millrace.edge;

import dev.millrace.media.StreamPath;
import dev.millrace.media.live.StreamFacts;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Which streams there are: what the ingest side of this node tells of its own, asked for at most
 * every 100 ms, and what the cluster knows. Any thread.
 */
final class LiveFacts {
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Supplier<List<StreamFacts>> supplier;
  private final EdgeCluster cluster;
  private final LongSupplier nanoTime;
  private volatile Told told;

  LiveFacts(Supplier<List<StreamFacts>> supplier, EdgeCluster cluster, LongSupplier nanoTime) {
    this.supplier = supplier;
    this.cluster = cluster;
    this.nanoTime = nanoTime;
    this.told = new Told(List.of(), nanoTime.getAsLong() - FRESH_NANOS);
  }

  List<StreamFacts> all() {
    Told known = told;
    long now = nanoTime.getAsLong();
    if (now - known.atNanos < FRESH_NANOS) {
      return known.facts;
    }
    Told fresh = new Told(List.copyOf(supplier.get()), now);
    told = fresh;
    return fresh.facts;
  }

  Optional<StreamFacts> of(StreamPath path) {
    return all().stream().filter(facts -> facts.path().equals(path)).findFirst();
  }

  /**
   * Whether parts can be expected: a publisher is there or may come back, or some node of the
   * cluster has the stream, though nobody may have its log here yet.
   */
  boolean isAnnounced(StreamPath path) {
    return isPublishedHere(path) || !cluster.copies().apply(path).isEmpty();
  }

  /** Whether the publisher is, or may come back, to this node, so that the log is written here. */
  boolean isPublishedHere(StreamPath path) {
    return of(path).filter(facts -> facts.state() != StreamFacts.State.ENDED).isPresent();
  }

  /** Whether it is known that the publisher is gone for now, so that nothing new is no wonder. */
  boolean isAway(StreamPath path) {
    List<StreamCopy> copies = cluster.copies().apply(path);
    long newest = copies.stream().mapToLong(StreamCopy::epoch).max().orElse(0);
    return copies.stream()
        .filter(copy -> copy.epoch() == newest)
        .anyMatch(copy -> copy.state() == StreamCopy.State.AWAY);
  }

  private record Told(List<StreamFacts> facts, long atNanos) {}
}
