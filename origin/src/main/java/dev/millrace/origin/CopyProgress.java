package dev.millrace.origin;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Segment;
import dev.millrace.media.log.StreamView;
import dev.millrace.origin.Replicas.Replica;
import dev.millrace.origin.Replicas.State;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * How far the copy of a {@link Mirror} is, and who is to know. A copy that was complete and is a
 * while behind again, since its node stood still or its network did, is filled anew: others must
 * not let theirs go for it. Written by the mirror's thread; any thread reads and waits.
 */
final class CopyProgress {
  /** So many segments of media that are known and not here are more than a hiccup. */
  private static final int BEHIND_SEGMENTS = 2;

  /** When nothing has come for so long of what a copy lacks, nobody who is there has it. */
  private static final long STUCK_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

  private final StreamPath path;
  private final LongSupplier nanoTime;
  private final Consumer<Replica> changed;

  /** Volatile: written by the mirror's thread, read by all. */
  private volatile Replica told;

  /** The monitor guards these four, for those who wait. */
  private boolean filled;

  private boolean behind;
  private StreamView copied = StreamView.empty();
  private long movedNanos;

  CopyProgress(StreamPath path, LongSupplier nanoTime, Consumer<Replica> changed) {
    this.path = path;
    this.nanoTime = nanoTime;
    this.changed = changed;
    this.told = new Replica(path, State.FILLING, 0);
    this.movedNanos = nanoTime.getAsLong();
  }

  Replica replica() {
    return told;
  }

  /** Whether the window was here once. */
  synchronized boolean isFilled() {
    return filled;
  }

  /** There is a hole: the window must be filled again. */
  synchronized void beginAgain() {
    filled = false;
  }

  /**
   * Takes note of what is here and what is not.
   *
   * @param windowTold whether all that the source has is in the view or the queue
   */
  synchronized void measure(StreamView view, boolean windowTold, CopyQueue queue) {
    filled = filled || (windowTold && view.opened() && queue.isEmpty());
    long missingUs = queue.mediaUs();
    behind =
        missingUs > BEHIND_SEGMENTS * view.targets().segmentUs()
            || (behind && missingUs > view.targets().partTargetUs());
    copied(view);
  }

  /** Under the monitor. */
  private void copied(StreamView view) {
    if (view != copied) { // views are immutable: another one has more
      copied = view;
      movedNanos = nanoTime.getAsLong();
    }
    notifyAll();
  }

  /** Tells how the copy stands, if that changed. */
  void tell(StreamView view) {
    boolean complete;
    synchronized (this) {
      complete = filled && !behind;
      copied(view);
    }
    State state =
        !complete
            ? State.FILLING
            : view.ended() ? State.ENDED : isAway(view) ? State.AWAY : State.LIVE;
    Replica now = new Replica(path, state, view.epoch());
    if (!now.equals(told)) {
      told = now;
      changed.accept(now);
    }
  }

  /**
   * Waits until the window is here to its end. False if it never was; one that was complete and
   * fell behind counts all the same after that time, or when nothing more comes of what it lacks,
   * as when the writer died with it: it is all that there is.
   */
  synchronized boolean await(Duration atMost) throws InterruptedException {
    awaitUntil(() -> filled && (!behind || isStuck()), atMost);
    return filled;
  }

  /** Waits until the window is here and what is copied is so far; false if it is not in time. */
  synchronized boolean await(Predicate<StreamView> wanted, Duration atMost)
      throws InterruptedException {
    return awaitUntil(() -> filled && wanted.test(copied), atMost);
  }

  private boolean isStuck() {
    return nanoTime.getAsLong() - movedNanos > STUCK_NANOS;
  }

  /** Under the monitor. */
  private boolean awaitUntil(BooleanSupplier there, Duration atMost) throws InterruptedException {
    long end = nanoTime.getAsLong() + atMost.toNanos();
    while (!there.getAsBoolean()) {
      long left = end - nanoTime.getAsLong();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  private static boolean isAway(StreamView view) {
    List<Segment> last =
        view.renditions().stream()
            .map(RenditionView::segments)
            .filter(segments -> !segments.isEmpty())
            .map(List::getLast)
            .toList();
    return !last.isEmpty() && last.stream().allMatch(each -> each.parts().getLast().gap());
  }
}
