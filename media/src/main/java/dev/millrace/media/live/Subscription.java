package dev.millrace.media.live;

import dev.millrace.media.Frame;
import dev.millrace.media.live.StreamEvent.FrameArrived;
import dev.millrace.media.live.StreamEvent.StreamEnded;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One reader's bounded queue of a stream's events. The publisher fills it and never waits; {@link
 * #poll} belongs to one thread, the stream thread; everything else may be called on any thread.
 *
 * <p>A reader that falls behind by more than the configured frames or bytes skips: to the newest
 * key frame that is queued, or, where none is, to the next one that arrives. What it misses is
 * counted. Events other than frames are never dropped.
 */
public final class Subscription implements AutoCloseable {
  /** More than this many events other than frames unread, and nobody reads: the queue is cut. */
  private static final int MAX_CONTROL_EVENTS = 4096;

  private final int maxFrames;
  private final long maxBytes;
  private final Consumer<Subscription> onClose;

  // The lock is held for a few instructions on either side, by one writer and one reader.
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Deque<Entry> queue = new ArrayDeque<>();
  private int frames;
  private long bytes;
  private long dropped;
  private @Nullable Predicate<Frame> awaited; // while the reader waits
  private boolean joined;
  private boolean skipping = true;
  private boolean finished;

  /**
   * @param entry whether a reader may start with this event: a key frame
   */
  private record Entry(StreamEvent event, int frameBytes, boolean entry) {
    boolean isFrame() {
      return frameBytes >= 0;
    }
  }

  Subscription(int maxFrames, long maxBytes, Consumer<Subscription> onClose) {
    this.maxFrames = maxFrames;
    this.maxBytes = maxBytes;
    this.onClose = onClose;
  }

  /**
   * The next event, waited for if there is none.
   *
   * @return empty if none came in time, and at once after the stream's last event or {@link #close}
   */
  public Optional<StreamEvent> poll(Duration timeout) throws InterruptedException {
    return poll(timeout, frame -> true);
  }

  /**
   * The next event, waited for if there is none; but while waiting, frames gather that need not be
   * seen at once. To be woken for each frame of each stream costs more than all else that is done
   * with it, so a reader that only acts now and then should say when.
   *
   * @param wakes tells the frames that end the wait; called on the publisher's thread, only while
   *     this call waits, and must be quick. Other events always end it
   * @return empty if nothing came in time, and at once after the stream's last event or {@link
   *     #close}
   */
  public Optional<StreamEvent> poll(Duration timeout, Predicate<Frame> wakes)
      throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (queue.isEmpty() && !finished) {
        await(timeout.toNanos(), wakes);
      }
      Entry next = queue.poll();
      if (next == null) {
        return Optional.empty();
      }
      if (next.isFrame()) {
        frames--;
        bytes -= next.frameBytes();
      }
      return Optional.of(next.event());
    } finally {
      lock.unlock();
    }
  }

  private void await(long timeoutNanos, Predicate<Frame> wakes) throws InterruptedException {
    long remainingNanos = timeoutNanos;
    awaited = wakes;
    try {
      while (awaited != null && remainingNanos > 0) {
        remainingNanos = arrived.awaitNanos(remainingNanos);
      }
    } finally {
      awaited = null;
    }
  }

  /** Ends the subscription; what is queued is gone. May be called more than once. */
  @Override
  public void close() {
    lock.lock();
    try {
      finished = true;
      discardAll();
      wake();
    } finally {
      lock.unlock();
    }
    onClose.accept(this);
  }

  /** How many frames this reader has missed because it was slow. */
  public long droppedFrames() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  /** Queues a frame, or drops what the bounds ask for. Never waits. */
  void offerFrame(FrameArrived event, boolean entry) {
    int size = event.frame().data().length();
    lock.lock();
    try {
      if (finished) {
        return;
      }
      while (!skipping && (frames >= maxFrames || bytes + size > maxBytes)) {
        skipToNewestEntry();
      }
      if (skipping && !entry) {
        dropped += joined ? 1 : 0;
        return;
      }
      skipping = false;
      joined = true;
      frames++;
      bytes += size;
      queue.add(new Entry(event, size, entry));
      if (awaited != null && (awaited.test(event.frame()) || frames > maxFrames / 2)) {
        wake();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Queues an event that is not a frame; {@link StreamEvent#isLast} says that nothing follows. */
  void offerControl(StreamEvent event) {
    lock.lock();
    try {
      if (finished) {
        return;
      }
      StreamEvent queued = event;
      if (queue.size() - frames >= MAX_CONTROL_EVENTS) {
        discardAll();
        queued = new StreamEnded();
      }
      queue.add(new Entry(queued, -1, false));
      wake();
      finished = queued.isLast();
    } finally {
      lock.unlock();
    }
  }

  private void wake() {
    if (awaited != null) {
      awaited = null;
      arrived.signal();
    }
  }

  /** Drops the frames before the newest key frame but one at the head; else all, and skips on. */
  private void skipToNewestEntry() {
    int newest = queue.size();
    int at = 0;
    boolean first = true;
    for (Entry queued : queue) {
      if (queued.entry() && !first) {
        newest = at;
      }
      first &= !queued.isFrame();
      at++;
    }
    skipping = newest == queue.size();
    Deque<Entry> kept = new ArrayDeque<>();
    at = 0;
    for (Entry queued : queue) {
      if (at++ >= newest || !queued.isFrame()) {
        kept.add(queued);
      } else {
        frames--;
        bytes -= queued.frameBytes();
        dropped++;
      }
    }
    queue.clear();
    queue.addAll(kept);
  }

  private void discardAll() {
    queue.clear();
    frames = 0;
    bytes = 0;
  }
}
