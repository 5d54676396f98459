package dev.millrace.edge;

import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.StreamView;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What of a log is shown to players while records come. Nothing, until all that was there when the
 * following began has come: a playlist of half of the window would have players begin far behind.
 * And a source that lost its place tells the same presentation anew from the start of its window;
 * until that has reached what was shown before, the old view stays, since a playlist must never be
 * older than the one before it. One thread at a time.
 */
final class ShownView {
  private final LongSupplier nanoTime;
  private StreamView view = StreamView.empty();
  private StreamView arriving = StreamView.empty();
  private boolean complete;
  private boolean replaying;
  private long replayingSinceNanos;

  ShownView(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  StreamView view() {
    return view;
  }

  /**
   * Takes one more record.
   *
   * @return whether something else is shown now
   * @throws dev.millrace.media.ProtocolException if it is out of order
   */
  boolean apply(LogRecord record) {
    arriving = arriving.apply(record);
    if (record instanceof LogRecord.Opened(long epoch, var ignored)) {
      replaying = view.opened() && epoch == view.presentationEpoch();
      replayingSinceNanos = nanoTime.getAsLong();
    }
    return show();
  }

  /**
   * What was there when the following began has come.
   *
   * @return whether something else is shown now
   */
  boolean windowComplete() {
    complete = true;
    return show();
  }

  private boolean show() {
    if (!complete || (replaying && !hasCaughtUp())) {
      return false;
    }
    replaying = false;
    boolean changed = view != arriving;
    view = arriving;
    return changed;
  }

  private boolean hasCaughtUp() {
    if (arriving.ended()) {
      return true;
    }
    // A rendition that nobody has any more must not hold up the others for ever.
    long patienceNanos = TimeUnit.SECONDS.toNanos(view.targets().targetDurationS());
    return nanoTime.getAsLong() - replayingSinceNanos > patienceNanos
        || view.renditions().stream().allMatch(this::isReached);
  }

  private boolean isReached(RenditionView before) {
    Optional<LogPosition> now =
        arriving.rendition(before.description().name()).flatMap(RenditionView::last);
    return before.last().map(end -> now.filter(at -> !isBefore(at, end)).isPresent()).orElse(true);
  }

  private static boolean isBefore(LogPosition one, LogPosition other) {
    return one.msn() < other.msn() || (one.msn() == other.msn() && one.part() < other.part());
  }
}
