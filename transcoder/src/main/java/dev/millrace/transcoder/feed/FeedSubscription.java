package dev.millrace.transcoder.feed;

import dev.millrace.media.feed.FeedRecord;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * One subscriber's queue of a feed. The hub fills it and never waits; one thread at a time polls;
 * everything else may be called on any thread.
 *
 * <p>What a slow subscriber misses: on more frames or bytes than the limits all frames in the queue
 * go, and those that follow, up to the next mark whose first video frame is a key frame. Marks and
 * tracks stay, so the reader sees marks without frames between them and knows which segments it
 * could not make.
 */
public final class FeedSubscription implements AutoCloseable {
  /** So many marks and tracks unread, and nobody reads: the subscription ends. */
  private static final int MAX_OTHERS = 4096;

  private final FeedLimits limits;
  private final Runnable onArrival;
  private final Consumer<FeedSubscription> onClose;

  // The lock is held for a few instructions on either side, by one writer and one reader.
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Deque<FeedRecord> queue = new ArrayDeque<>();
  private int frames;
  private long bytes;
  private long dropped;
  private State state = State.JOINING;

  /** A mark came since frames were dropped: all frames behind it are still to be had. */
  private boolean markSeen;

  private boolean finished;

  /** The last poll found nothing, or there was none: the next record is an arrival. */
  private boolean idle = true;

  private boolean wakes;

  private enum State {
    /** No frames until the first entry. */
    JOINING,
    FLOWING,
    /** Was slow: no frames until the next entry. */
    DROPPING
  }

  FeedSubscription(FeedLimits limits, Runnable onArrival, Consumer<FeedSubscription> onClose) {
    this.limits = limits;
    this.onArrival = onArrival;
    this.onClose = onClose;
  }

  /** The next record, waited for if there is none; empty if none came, and at the end. */
  public Optional<FeedRecord> poll(Duration timeout) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long nanos = timeout.toNanos();
      while (queue.isEmpty() && !finished && nanos > 0) {
        nanos = arrived.awaitNanos(nanos);
      }
      return take();
    } finally {
      lock.unlock();
    }
  }

  /** The next record if there is one now. */
  public Optional<FeedRecord> poll() {
    lock.lock();
    try {
      return take();
    } finally {
      lock.unlock();
    }
  }

  /** Whether all was read and nothing will come: the presentation ended, or the stream is gone. */
  public boolean finished() {
    lock.lock();
    try {
      return finished && queue.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Frames lost because this subscriber was slow. */
  public long droppedFrames() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes of frames that wait. */
  public long queuedBytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /** Leaves the hub; what is queued is forgotten. */
  @Override
  public void close() {
    onClose.accept(this);
    lock.lock();
    try {
      clear();
      finished = true;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What was before this subscriber came. */
  void begin(List<FeedRecord> past, boolean entered) {
    lock.lock();
    try {
      past.forEach(this::add);
      state = entered ? State.FLOWING : State.JOINING;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the next record of the feed.
   *
   * @param entry whether the newest mark has turned out to be an entry with this record
   * @param entryFrames the frames that came since that mark, this record among them
   */
  void offer(FeedRecord record, boolean entry, List<FeedRecord.Media> entryFrames) {
    lock.lock();
    try {
      if (finished) {
        return;
      }
      boolean frame = record instanceof FeedRecord.Media;
      if (!frame) {
        markSeen |= record instanceof FeedRecord.Mark;
        add(record);
        cutIfNobodyReads();
      }
      if (entry && (state == State.JOINING || (state == State.DROPPING && markSeen))) {
        dropped -= state == State.DROPPING ? Math.max(0, entryFrames.size() - 1) : 0;
        state = State.FLOWING;
        entryFrames.forEach(this::add);
      } else if (frame && state == State.FLOWING) {
        add(record);
        dropIfSlow();
      } else if (frame && state == State.DROPPING) {
        dropped++;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing will come after what is queued. */
  boolean isComplete() {
    lock.lock();
    try {
      return finished;
    } finally {
      lock.unlock();
    }
  }

  /** Nothing will come after what is queued. */
  void finish() {
    lock.lock();
    try {
      finished = true;
      wakes |= idle;
      idle = false;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Tells the subscriber of arrivals, outside of all locks. */
  void wake() {
    boolean now;
    lock.lock();
    try {
      now = wakes;
      wakes = false;
    } finally {
      lock.unlock();
    }
    if (now) {
      onArrival.run();
    }
  }

  private Optional<FeedRecord> take() {
    FeedRecord record = queue.poll();
    idle = record == null;
    if (record instanceof FeedRecord.Media media) {
      frames--;
      bytes -= media.frame().data().length();
    }
    return Optional.ofNullable(record);
  }

  private void add(FeedRecord record) {
    if (record instanceof FeedRecord.Opened) {
      clear(); // whatever is before it is void
      state = State.JOINING;
    }
    queue.add(record);
    if (record instanceof FeedRecord.Media media) {
      frames++;
      bytes += media.frame().data().length();
    }
    finished |= record instanceof FeedRecord.Ended;
    wakes |= idle;
    idle = false;
    arrived.signal();
  }

  private void dropIfSlow() {
    if (frames <= limits.queueFrames() && bytes <= limits.queueBytes()) {
      return;
    }
    for (Iterator<FeedRecord> all = queue.iterator(); all.hasNext(); ) {
      if (all.next() instanceof FeedRecord.Media) {
        all.remove();
      }
    }
    dropped += frames;
    frames = 0;
    bytes = 0;
    state = State.DROPPING;
    markSeen = false;
  }

  private void cutIfNobodyReads() {
    if (queue.size() - frames > MAX_OTHERS) {
      clear();
      finished = true;
    }
  }

  private void clear() {
    queue.clear();
    frames = 0;
    bytes = 0;
  }
}
