package dev.millrace.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands over what a node has before it stops. All rooms begin in their order, and then are waited
 * for together. One thread.
 */
final class Drain {
  private static final Logger log = LoggerFactory.getLogger(Drain.class);

  private static final Duration LOOK = Duration.ofMillis(50);

  /**
   * What one room hands over.
   *
   * @param begin sets it going, and does not wait
   * @param left what is still here, for people; empty when all is handed over. Asked often
   */
  record Part(Runnable begin, Supplier<Optional<String>> left) {}

  private final LongSupplier nanoTime;

  Drain(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Begins all parts and waits until nothing is left, but not longer than that. What a part throws
   * is logged, and the part is not waited for.
   *
   * @param deadline from the beginning; asked often, since it may be changed
   * @return whether nothing was left
   */
  boolean run(List<Part> parts, Supplier<Duration> deadline) {
    long begun = nanoTime.getAsLong();
    List<Part> waiting = new ArrayList<>();
    for (Part part : parts) {
      if (begin(part)) {
        waiting.add(part);
      }
    }
    String told = "";
    while (true) {
      String left = left(waiting);
      long takenMillis = (nanoTime.getAsLong() - begun) / 1_000_000;
      if (left.isEmpty()) {
        log.info("drained in {} ms", takenMillis);
        return true;
      }
      if (takenMillis >= deadline.get().toMillis() || Thread.currentThread().isInterrupted()) {
        log.warn("not all could be handed over in {} ms: {}", takenMillis, left);
        return false;
      }
      if (!left.equals(told)) {
        log.info("draining: {}", left);
        told = left;
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  private static boolean begin(Part part) {
    try {
      part.begin().run();
      return true;
    } catch (RuntimeException e) {
      log.error("a part of the node could not begin to drain", e);
      return false;
    }
  }

  private static String left(List<Part> parts) {
    return String.join(
        ", ", parts.stream().map(part -> part.left().get()).flatMap(Optional::stream).toList());
  }
}
