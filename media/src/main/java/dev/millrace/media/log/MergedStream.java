package dev.millrace.media.log;

import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.PartSource.Following;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * One followed stream of a {@link MergedPartSource}: its holders on one side, its followers on the
 * other. Any thread. One lock guards everything and is held only to look up and to change state:
 * holders are begun and closed, and followers called, without it.
 */
final class MergedStream implements Upstream.Listener {
  private final StreamPath path;
  private final Supplier<List<PartSource>> holders;
  private final Predicate<PartSource> writer;
  private final LongSupplier nanoTime;
  private final ScheduledExecutorService timer;
  private final SourceEvents events;
  private final LogTrust trust;
  private final Consumer<MergedStream> idle;

  private final Object lock = new Object();
  private final LogMerge<Upstream> merge = new LogMerge<>(StreamView.empty());
  private final MergedPictures pictures = new MergedPictures();
  private final Upstreams<Upstream> upstreams = new Upstreams<>();
  private final MergedFollowers followers = new MergedFollowers();
  private final EntryWaiters waiters = new EntryWaiters();
  private final MergedSignatures signatures;

  private boolean closed;

  MergedStream(
      StreamPath path,
      Supplier<List<PartSource>> holders,
      Predicate<PartSource> writer,
      LongSupplier nanoTime,
      ScheduledExecutorService timer,
      SourceEvents events,
      LogTrust trust,
      Consumer<MergedStream> idle) {
    this.path = path;
    this.holders = holders;
    this.writer = writer;
    this.nanoTime = nanoTime;
    this.timer = timer;
    this.events = events;
    this.trust = trust;
    this.signatures = new MergedSignatures(trust);
    this.idle = idle;
  }

  /** Empty if this stream was let go and another must be begun. */
  Optional<Following> watch(LogWatcher watcher) {
    Delivery<Consumer<LogWatcher>> delivery =
        MergedFollowers.of(watcher, why -> events.followerGivenUp(path, why));
    boolean first;
    synchronized (lock) {
      if (closed) {
        return Optional.empty();
      }
      first = followers.add(delivery, followers.isReady() ? window() : List.of());
      if (first) {
        signatures.begin(timer, this::tick);
      }
    }
    delivery.deliverFirst();
    if (first) {
      reconcile();
    }
    return Optional.of(() -> leave(delivery));
  }

  /** Follows whom it should, by what the holders are now. */
  void reconcile() {
    List<PartSource> listed = holders.get();
    List<Upstream> begin = new ArrayList<>();
    List<Upstream> end;
    synchronized (lock) {
      if (closed) {
        return;
      }
      List<PartSource> wanted = upstreams.wanted(listed, nanoTime.getAsLong());
      for (PartSource source : wanted) {
        if (upstreams.of(source).isEmpty()) {
          Upstream upstream = upstream(source);
          upstreams.add(upstream);
          begin.add(upstream);
          publish(merge.add(upstream));
        }
      }
      for (Upstream each : upstreams.followed()) {
        publish(merge.writer(each, writer.test(each.source())));
      }
      end = upstreams.surplus(wanted);
      upstreams.followed().forEach(each -> each.wasLevel = each.isLevel());
      for (Upstream upstream : end) {
        upstream.gone = true;
        upstreams.remove(upstream);
        publish(merge.remove(upstream));
      }
    }
    deliver();
    begin.forEach(upstream -> upstream.begin(path));
    end.forEach(Upstream::close);
  }

  private Upstream upstream(PartSource source) {
    return new Upstream(
        source, nanoTime.getAsLong(), trust.check(path, source), signatures.passesOn(), this, lock);
  }

  private void tick() {
    List<Upstream> all;
    synchronized (lock) {
      signatures.tick(merge.view());
      all = List.copyOf(upstreams.followed());
    }
    all.forEach(Upstream::tick);
  }

  /** Those who are followed and not behind first, then others who are followed, then the rest. */
  List<PartSource> inOrder(List<PartSource> listed) {
    List<PartSource> all = new ArrayList<>();
    synchronized (lock) {
      upstreams.followed().stream()
          .filter(upstream -> upstream.complete)
          // As listed among themselves: the first is the nearest.
          .sorted(
              Comparator.comparingInt((Upstream upstream) -> upstream.isLevel() ? 0 : 1)
                  .thenComparingInt(upstream -> rank(listed, upstream.source())))
          .map(Upstream::source)
          .forEach(all::add);
    }
    listed.stream().filter(each -> !all.contains(each)).forEach(all::add);
    return all;
  }

  private static int rank(List<PartSource> listed, PartSource source) {
    int at = listed.indexOf(source);
    return at < 0 ? Integer.MAX_VALUE : at;
  }

  /** The merged log so far. */
  StreamView view() {
    synchronized (lock) {
      return merge.view();
    }
  }

  /** Calls back once the log has the position, or something else there; at once if it has now. */
  void whenTold(String rendition, LogPosition position, Runnable told) {
    synchronized (lock) {
      if (!closed && waiters.await(merge.view(), rendition, position, told)) {
        return;
      }
    }
    told.run();
  }

  Optional<Picture> poster() {
    synchronized (lock) {
      return pictures.poster();
    }
  }

  List<Thumbnail> thumbnails() {
    synchronized (lock) {
      return pictures.thumbnails(merge.view());
    }
  }

  void close() {
    List<Upstream> end;
    List<Runnable> told;
    synchronized (lock) {
      closed = true;
      signatures.end();
      end = new ArrayList<>(upstreams.followed());
      end.forEach(upstream -> upstream.gone = true);
      end.forEach(upstreams::remove);
      followers.close();
      told = waiters.takeAll();
    }
    end.forEach(Upstream::close);
    told.forEach(Runnable::run);
  }

  private void leave(Delivery<Consumer<LogWatcher>> delivery) {
    delivery.close();
    boolean last;
    synchronized (lock) {
      last = followers.remove(delivery);
      closed |= last;
    }
    if (last) {
      close();
      idle.accept(this);
    }
  }

  @Override
  public void told(Upstream upstream, LogRecord record) {
    Optional<String> broken = Optional.empty();
    boolean restarted = false;
    boolean caughtUp = false;
    synchronized (lock) {
      if (upstream.gone) {
        return;
      }
      try {
        if (record instanceof LogRecord.Pictured pictured) {
          picture(upstream, pictured);
        } else {
          publish(merge.record(upstream, record));
        }
      } catch (ProtocolException e) {
        broken = Optional.of("its log is not one: " + e.getMessage());
      }
      restarted = merge.takeRestarted();
      caughtUp = upstreams.hasSpare() && !upstream.wasLevel && upstream.isLevel();
    }
    deliver();
    if (restarted) {
      events.restarted(path);
    }
    if (caughtUp) {
      reconcile();
    }
    broken.ifPresent(reason -> lost(upstream, reason));
  }

  @Override
  public void windowTold(Upstream upstream) {
    synchronized (lock) {
      if (upstream.gone) {
        return;
      }
      upstream.complete = true;
      publish(merge.windowComplete(upstream));
    }
    deliver();
    events.followed(path, upstream.source());
    reconcile();
  }

  @Override
  public void lost(Upstream upstream, String reason) {
    long pauseMs;
    synchronized (lock) {
      if (upstream.gone) {
        return;
      }
      upstream.gone = true;
      pauseMs = upstreams.lost(upstream, nanoTime.getAsLong());
      publish(merge.remove(upstream));
    }
    deliver();
    upstream.close();
    events.lost(path, upstream.source(), reason);
    try {
      timer.schedule(this::reconcile, pauseMs + 1, TimeUnit.MILLISECONDS);
      // Not from within the holder's call: a list of holders that all fail at once would nest.
      timer.execute(this::reconcile);
    } catch (RejectedExecutionException e) {
      // The node stops.
    }
  }

  @Override
  public void proven(Upstream upstream, List<LogRecord.Signing> proven) {
    synchronized (lock) {
      if (upstream.gone) {
        return;
      }
      List<LogRecord> fresh = signatures.take(proven);
      if (followers.isReady()) {
        followers.tell(fresh);
      }
    }
    deliver();
  }

  @Override
  public void refused(Upstream upstream, String reason) {
    boolean followed;
    synchronized (lock) {
      followed = !upstream.gone;
    }
    if (followed) {
      events.refused(path, upstream.source(), reason);
      lost(upstream, reason);
    }
  }

  @Override
  public boolean isLevel(Upstream upstream) {
    return merge.isLevel(upstream);
  }

  private void picture(Upstream upstream, LogRecord.Pictured record) {
    if (!merge.isCurrent(upstream)) {
      return;
    }
    if (pictures.take(record, merge.view()) && followers.isReady()) {
      followers.tell(record);
    }
  }

  /** Under the lock; {@link #deliver} is to follow without it. */
  private void publish(List<LogRecord> told) {
    told.forEach(waiters::told);
    pictures.told(told, merge.view());
    if (followers.isReady()) {
      followers.tell(told);
      followers.tell(signatures.behind(told, merge.view()));
    } else if (upstreams.followed().stream()
        .anyMatch(each -> each.complete && merge.isCurrent(each))) {
      followers.begin(window());
    }
  }

  /** The records that tell what is known now to a new follower. */
  private List<LogRecord> window() {
    List<LogRecord> window = new ArrayList<>(merge.view().replay());
    window.addAll(signatures.replay());
    window.addAll(pictures.replay(merge.view()));
    return window;
  }

  private void deliver() {
    List<Delivery<Consumer<LogWatcher>>> all;
    List<Runnable> told;
    synchronized (lock) {
      all = followers.all();
      told = waiters.takeTold();
    }
    told.forEach(Runnable::run);
    all.forEach(Delivery::deliver);
  }
}
