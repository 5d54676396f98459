package dev.millrace.transcoder.feed;

import dev.millrace.media.feed.FeedRecord;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The feed of one stream. Its packager gives records in and is never held up; subscribers get what
 * is known of the past first and everything new afterwards, each from a bounded queue of its own. A
 * subscriber that is slow loses frames up to the next mark with a key frame, and nothing else.
 *
 * <p>{@link #accept} is called on the packager's thread, everything else on any thread.
 */
public final class FeedHub implements AutoCloseable {
  private final FeedLimits limits;

  /** Orders records and newcomers; held for a few instructions, never while foreign code runs. */
  private final Object lock = new Object();

  private final FeedHistory history;
  private final CopyOnWriteArrayList<FeedSubscription> subscriptions =
      new CopyOnWriteArrayList<>();

  /** Of subscriptions that have gone. Guarded by {@code lock}. */
  private long droppedBefore;

  private boolean closed;

  public FeedHub(FeedLimits limits) {
    this.limits = limits;
    this.history = new FeedHistory(limits);
  }

  /** Takes the next record of the packager; never blocks. */
  public void accept(FeedRecord record) {
    List<FeedSubscription> told;
    synchronized (lock) {
      if (closed) {
        return;
      }
      boolean entry = history.accept(record);
      List<FeedRecord.Media> entryFrames = entry ? history.framesOfNewestMark() : List.of();
      told = List.copyOf(subscriptions);
      told.forEach(each -> each.offer(record, entry, entryFrames));
      if (record instanceof FeedRecord.Ended) {
        told.forEach(this::leave);
      }
    }
    told.forEach(FeedSubscription::wake);
  }

  /** Whether somebody reads, so that frames should come at once. */
  public boolean wanted() {
    return !subscriptions.isEmpty();
  }

  /** A subscriber that polls. */
  public FeedSubscription subscribe() {
    return subscribe(() -> {});
  }

  /**
   * A subscriber that is called when there is something to poll.
   *
   * @param onArrival called when records wait that were not there when {@link
   *     FeedSubscription#poll()} last found nothing; on the packager's thread (or, for what is
   *     known already, before this method returns), so it must be quick and must not block
   */
  public FeedSubscription subscribe(Runnable onArrival) {
    FeedSubscription subscription = new FeedSubscription(limits, onArrival, this::leave);
    synchronized (lock) {
      subscription.begin(history.replay(), history.entered());
      if (closed) {
        subscription.finish();
      }
      if (!subscription.isComplete()) {
        subscriptions.add(subscription);
      }
    }
    subscription.wake();
    return subscription;
  }

  /** Frames that subscribers lost because they were slow, all together, since the start. */
  public long droppedFrames() {
    synchronized (lock) {
      return droppedBefore
          + subscriptions.stream().mapToLong(FeedSubscription::droppedFrames).sum();
    }
  }

  /** Bytes of frames that are kept for newcomers. */
  public long heldBytes() {
    synchronized (lock) {
      return history.heldBytes();
    }
  }

  /** The stream is gone: subscribers read what is queued and find the end. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      subscriptions.forEach(FeedSubscription::finish);
    }
    subscriptions.forEach(FeedSubscription::wake);
  }

  private void leave(FeedSubscription subscription) {
    synchronized (lock) {
      if (subscriptions.remove(subscription)) {
        droppedBefore += subscription.droppedFrames();
      }
    }
  }
}
