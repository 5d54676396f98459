package dev.millrace.media.live;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Tells listeners of changes one at a time and in the order in which these happened, outside of all
 * locks. Changes are put in under a stream's lock, which gives the order, and told by whoever calls
 * {@link #tell} first afterwards; another who comes meanwhile leaves its changes to that one. Any
 * thread.
 */
final class ChangeNews {
  private final Queue<StreamChange> untold = new ConcurrentLinkedQueue<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final List<Consumer<StreamChange>> listeners = new CopyOnWriteArrayList<>();

  void add(Consumer<StreamChange> listener) {
    listeners.add(listener);
  }

  void put(StreamChange change) {
    untold.add(change);
  }

  void tell() {
    if (calls.getAndIncrement() != 0) {
      return;
    }
    int answered = 1;
    do {
      for (StreamChange next = untold.poll(); next != null; next = untold.poll()) {
        for (Consumer<StreamChange> listener : listeners) {
          listener.accept(next);
        }
      }
      // A call that came meanwhile may have put something in after the last look.
      answered = calls.addAndGet(-answered);
    } while (answered != 0);
  }
}
