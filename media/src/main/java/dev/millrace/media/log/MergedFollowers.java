package dev.millrace.media.log;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Who follows a {@link MergedStream}, and what they are told: nothing before a window is whole,
 * then everything in order. Guarded by the stream's lock; delivered without it.
 */
final class MergedFollowers {
  /** More than any window has; a follower so far behind is stuck. */
  private static final int MAX_QUEUED = 20_000;

  private static final int MAX_QUEUED_WITH_PICTURES = 2_000;

  private final List<Delivery<Consumer<LogWatcher>>> followers = new ArrayList<>();

  /** A window was told: what is known is enough to begin with. Until then followers wait. */
  private boolean ready;

  /** A new one, to be added; {@link Delivery#deliverFirst} is to follow without the lock. */
  static Delivery<Consumer<LogWatcher>> of(LogWatcher watcher, Consumer<Throwable> givenUp) {
    return new Delivery<>(event -> event.accept(watcher), MAX_QUEUED, givenUp);
  }

  /** Adds one, which is told the window if it is whole; gives whether it is the first. */
  boolean add(Delivery<Consumer<LogWatcher>> follower, List<LogRecord> window) {
    if (ready) {
      offerWindow(follower, window);
    }
    followers.add(follower);
    return followers.size() == 1;
  }

  /** Lets one go; gives whether it was the last. */
  boolean remove(Delivery<Consumer<LogWatcher>> follower) {
    return followers.remove(follower) && followers.isEmpty();
  }

  boolean isReady() {
    return ready;
  }

  /** The window is whole. */
  void begin(List<LogRecord> window) {
    ready = true;
    followers.forEach(each -> offerWindow(each, window));
  }

  /** Tells what is new. */
  void tell(List<LogRecord> records) {
    for (Delivery<Consumer<LogWatcher>> follower : followers) {
      records.forEach(record -> follower.offer(watcher -> watcher.record(record)));
    }
  }

  /** Tells a picture to those who are not far behind. */
  void tell(LogRecord.Pictured picture) {
    for (Delivery<Consumer<LogWatcher>> follower : followers) {
      if (follower.queued() < MAX_QUEUED_WITH_PICTURES) {
        follower.offer(watcher -> watcher.record(picture));
      }
    }
  }

  /** Those who are there now, to be delivered to without the lock. */
  List<Delivery<Consumer<LogWatcher>>> all() {
    return List.copyOf(followers);
  }

  void close() {
    followers.forEach(Delivery::close);
    followers.clear();
  }

  private static void offerWindow(Delivery<Consumer<LogWatcher>> follower, List<LogRecord> window) {
    window.forEach(record -> follower.offer(watcher -> watcher.record(record)));
    follower.offer(LogWatcher::windowComplete);
  }
}
