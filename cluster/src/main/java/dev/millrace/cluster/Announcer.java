package dev.millrace.cluster;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners of new views: one at a time, in order, on the executor's threads. While a
 * listener is busy, only the newest view waits for it. Any thread.
 */
final class Announcer {
  private static final Logger log = LoggerFactory.getLogger(Announcer.class);

  private final Executor executor;
  private final Supplier<ClusterView> view;
  private final List<Consumer<ClusterView>> listeners = new CopyOnWriteArrayList<>();

  /** Announcements since the run began; whoever makes it 1 starts the run. */
  private final AtomicInteger due = new AtomicInteger();

  /** Of the run; runs follow each other. */
  private long told;

  Announcer(Executor executor, Supplier<ClusterView> view) {
    this.executor = executor;
    this.view = view;
  }

  void add(Consumer<ClusterView> listener) {
    listeners.add(listener);
  }

  /** The view changed. */
  void announce() {
    if (due.getAndIncrement() == 0) {
      executor.execute(this::run);
    }
  }

  private void run() {
    int seen;
    do {
      seen = due.get();
      ClusterView now = view.get();
      if (now.version() > told) {
        told = now.version();
        listeners.forEach(listener -> tell(listener, now));
      }
    } while (due.addAndGet(-seen) != 0);
  }

  private static void tell(Consumer<ClusterView> listener, ClusterView view) {
    try {
      listener.accept(view);
    } catch (RuntimeException e) {
      log.error("a listener failed on {}", view, e);
    }
  }
}
