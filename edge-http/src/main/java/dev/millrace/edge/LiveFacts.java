package dev.millrace.edge;

import dev.millrace.media.StreamPath;
import dev.millrace.media.live.StreamFacts;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What the ingest side tells of its streams, asked for at most every 100 ms. Any thread. */
final class LiveFacts {
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Supplier<List<StreamFacts>> supplier;
  private final LongSupplier nanoTime;
  private volatile Told told;

  LiveFacts(Supplier<List<StreamFacts>> supplier, LongSupplier nanoTime) {
    this.supplier = supplier;
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

  /** Whether a publisher is there or may come back, so that parts can be expected. */
  boolean isAnnounced(StreamPath path) {
    return of(path).filter(facts -> facts.state() != StreamFacts.State.ENDED).isPresent();
  }

  private record Told(List<StreamFacts> facts, long atNanos) {}
}
