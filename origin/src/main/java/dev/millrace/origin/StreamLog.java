package dev.millrace.origin;

import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The log of one path: what it says, who may write it, and who follows it. Guarded by the lock of
 * its {@link StreamStore}; followers are told what is collected in a {@link Told} without it.
 */
final class StreamLog {
  private final StreamPath path;
  private final OriginConfig config;
  private final List<Follower> followers = new ArrayList<>();
  private final StreamSigning signing;
  private StreamView view = StreamView.empty();
  private long newestEpoch;
  private long lastWriteNanos;
  private long endedAtNanos;

  StreamLog(StreamPath path, OriginConfig config, StreamSigning signing) {
    this.path = path;
    this.config = config;
    this.signing = signing;
  }

  StreamView view() {
    return view;
  }

  /** Writes of an older epoch are refused. */
  long newestEpoch() {
    return newestEpoch;
  }

  /** Whether a writer of this epoch is refused. */
  boolean isFenced(long epoch) {
    if (!view.opened()) {
      throw ProtocolException.malformed("write to " + path + " before its presentation was opened");
    }
    return epoch < newestEpoch || view.ended();
  }

  /** Refuses writers that are older from now on. */
  void fence(long epoch) {
    newestEpoch = epoch;
  }

  /** Its writer is there. */
  void wrote(long nowNanos) {
    lastWriteNanos = nowNanos;
  }

  /** Whether its writer should have ended it long ago. */
  boolean isSilent(long nowNanos) {
    Duration silence = config.writerSilence();
    return view.opened() && !view.ended() && nowNanos - lastWriteNanos >= silence.toNanos();
  }

  void open(long epoch, Targets targets, long nowNanos, Told told) {
    fence(epoch);
    wrote(nowNanos);
    view = StreamView.empty();
    record(new LogRecord.Opened(epoch, targets), nowNanos, told);
    // Entries may follow that were told before, and whose blocks were, too.
    signing.replay().forEach(signed -> offer(signed, told));
  }

  /** Adds a record that fits. */
  void record(LogRecord record, long nowNanos, Told told) {
    view = view.apply(record);
    signing.recorded(record, view, nowNanos);
    offer(record, told);
  }

  /** Tells of a picture. */
  void show(LogRecord.Pictured picture, Told told) {
    offer(picture, told);
  }

  /** Tells of a signer or block, unless it was told. */
  void signed(LogRecord.Signing record, Told told) {
    if (view.opened() && signing.came(record)) {
      offer(record, told);
    }
  }

  private void offer(LogRecord record, Told told) {
    followers.forEach(follower -> follower.offer(record));
    told.deliverTo(followers);
  }

  void end(long nowNanos, Told told) {
    record(new LogRecord.Ended(), nowNanos, told);
    endedAtNanos = nowNanos;
  }

  /** Whether a presentation is live, waiting for its publisher, or ended and still kept. */
  boolean isKept(long nowNanos) {
    // RFC 8216bis §6.2.1: an ended playlist stays for at least its own duration.
    long keptNanos = Math.max(config.endedRetention().toNanos(), view.targets().windowUs() * 1000);
    return view.opened() && !(view.ended() && nowNanos - endedAtNanos >= keptNanos);
  }

  /** Whether a part is what comes next in its rendition. */
  boolean isHinted(String rendition, LogPosition position) {
    return !view.ended()
        && view.rendition(rendition)
            .flatMap(RenditionView::next)
            .filter(position::equals)
            .isPresent();
  }

  /**
   * Adds a follower, who is offered what others were told before, under the same lock that orders
   * appends: no hole and no duplicate in between.
   *
   * @param pictures of the window
   */
  Follower follow(Consumer<LogRecord> consumer, List<LogRecord> pictures, long nowNanos) {
    Follower follower = new Follower(path, consumer);
    if (isKept(nowNanos)) {
      view.replay().forEach(follower::offer);
      signing.replay().forEach(follower::offer);
      pictures.forEach(follower::offer);
    }
    followers.add(follower);
    return follower;
  }

  void unfollow(Follower follower) {
    followers.remove(follower);
  }

  /** Forgets followers that were given up; true if there is none. */
  boolean isWithoutFollowers() {
    followers.removeIf(Follower::isClosed);
    return followers.isEmpty();
  }

  /** Nothing is told any more. */
  void closeFollowers() {
    followers.forEach(Follower::close);
    followers.clear();
  }

  /** The presentation is gone; its fence stays. */
  void clear() {
    view = StreamView.empty();
    signing.clear();
  }

  /** The presentation is gone, and anybody may open one. */
  void forget() {
    clear();
    newestEpoch = 0;
  }
}
