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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * One followed stream of a {@link MergedPartSource}: its holders on one side, its followers on the
 * other. Any thread. One lock guards everything and is held only to look up and to change state:
 * holders are begun and closed, and followers called, without it.
 */
final class MergedStream {
  /** More than any window has; a follower so far behind is stuck. */
  private static final int MAX_QUEUED = 20_000;

  private static final int MAX_QUEUED_WITH_PICTURES = 2_000;

  private final StreamPath path;
  private final Supplier<List<PartSource>> holders;
  private final LongSupplier nanoTime;
  private final ScheduledExecutorService timer;
  private final SourceEvents events;
  private final Consumer<MergedStream> idle;

  private final Object lock = new Object();
  private final LogMerge<Upstream> merge = new LogMerge<>(StreamView.empty());
  private final StreamPictures pictures = new StreamPictures(new AtomicLong());
  private final Upstreams<Upstream> upstreams = new Upstreams<>();
  private final List<Delivery<Consumer<LogWatcher>>> followers = new ArrayList<>();
  private final EntryWaiters waiters = new EntryWaiters();

  /** A window was told: what is known is enough to begin with. Until then followers wait. */
  private boolean ready;

  /** The presentation whose pictures are kept. */
  private long shown;

  private boolean closed;

  MergedStream(
      StreamPath path,
      Supplier<List<PartSource>> holders,
      LongSupplier nanoTime,
      ScheduledExecutorService timer,
      SourceEvents events,
      Consumer<MergedStream> idle) {
    this.path = path;
    this.holders = holders;
    this.nanoTime = nanoTime;
    this.timer = timer;
    this.events = events;
    this.idle = idle;
  }

  /** Empty if this stream was let go and another must be begun. */
  Optional<Following> watch(LogWatcher watcher) {
    Delivery<Consumer<LogWatcher>> delivery =
        new Delivery<>(
            event -> event.accept(watcher), MAX_QUEUED, why -> events.followerGivenUp(path, why));
    boolean first;
    synchronized (lock) {
      if (closed) {
        return Optional.empty();
      }
      first = followers.isEmpty();
      if (ready) {
        offerWindow(delivery);
      }
      followers.add(delivery);
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
          Upstream upstream = new Upstream(source, nanoTime.getAsLong());
          upstreams.add(upstream);
          begin.add(upstream);
          publish(merge.add(upstream));
        }
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
    begin.forEach(Upstream::begin);
    end.forEach(Upstream::close);
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
                  .thenComparingInt(upstream -> rank(listed, upstream.source)))
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
      end = new ArrayList<>(upstreams.followed());
      end.forEach(upstream -> upstream.gone = true);
      end.forEach(upstreams::remove);
      followers.forEach(Delivery::close);
      followers.clear();
      told = waiters.takeAll();
    }
    end.forEach(Upstream::close);
    told.forEach(Runnable::run);
  }

  private void leave(Delivery<Consumer<LogWatcher>> delivery) {
    delivery.close();
    boolean last;
    synchronized (lock) {
      last = followers.remove(delivery) && followers.isEmpty();
      closed |= last;
    }
    if (last) {
      close();
      idle.accept(this);
    }
  }

  private void told(Upstream upstream, LogRecord record) {
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

  private void windowTold(Upstream upstream) {
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

  private void lost(Upstream upstream, String reason) {
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

  private void picture(Upstream upstream, LogRecord.Pictured record) {
    if (!merge.isCurrent(upstream)) {
      return;
    }
    boolean fresh =
        switch (record) {
          case LogRecord.PosterTaken(Picture poster) ->
              !pictures.poster().equals(Optional.of(poster)) && pictures.poster(poster);
          case LogRecord.ThumbnailTaken(Thumbnail thumbnail) ->
              pictures.thumbnail(thumbnail, merge.view());
        };
    if (fresh && ready) {
      for (Delivery<Consumer<LogWatcher>> follower : followers) {
        if (follower.queued() < MAX_QUEUED_WITH_PICTURES) {
          follower.offer(watcher -> watcher.record(record));
        }
      }
    }
  }

  /** Under the lock; {@link #deliver} is to follow without it. */
  private void publish(List<LogRecord> told) {
    for (LogRecord record : told) {
      if (record instanceof LogRecord.Opened opened && opened.epoch() != shown) {
        shown = opened.epoch();
        pictures.dropAll();
      }
      waiters.told(record);
    }
    if (!told.isEmpty()) {
      pictures.dropUnlisted(merge.view());
    }
    if (ready) {
      for (Delivery<Consumer<LogWatcher>> follower : followers) {
        told.forEach(record -> follower.offer(watcher -> watcher.record(record)));
      }
    } else if (upstreams.followed().stream()
        .anyMatch(each -> each.complete && merge.isCurrent(each))) {
      ready = true;
      followers.forEach(this::offerWindow);
    }
  }

  private void offerWindow(Delivery<Consumer<LogWatcher>> follower) {
    StreamView view = merge.view();
    view.replay().forEach(record -> follower.offer(watcher -> watcher.record(record)));
    pictures.replay(view).forEach(record -> follower.offer(watcher -> watcher.record(record)));
    follower.offer(LogWatcher::windowComplete);
  }

  private void deliver() {
    List<Delivery<Consumer<LogWatcher>>> all;
    List<Runnable> told;
    synchronized (lock) {
      all = List.copyOf(followers);
      told = waiters.takeTold();
    }
    told.forEach(Runnable::run);
    all.forEach(Delivery::deliver);
  }

  /** One holder that is followed. Its fields are guarded by the lock. */
  private final class Upstream implements LogWatcher, Upstreams.Followed {
    private final PartSource source;
    private final long beganNanos;
    private boolean complete;

    /** When it was last considered whom to follow. */
    private boolean wasLevel;

    private boolean gone;
    private Following following = () -> {};

    Upstream(PartSource source, long beganNanos) {
      this.source = source;
      this.beganNanos = beganNanos;
    }

    /** Without the lock; the holder may tell everything from within. */
    void begin() {
      Following begun = source.watch(path, this);
      boolean late;
      synchronized (lock) {
        following = begun;
        late = gone;
      }
      if (late) {
        begun.close();
      }
    }

    /** Without the lock. */
    void close() {
      Following begun;
      synchronized (lock) {
        begun = following;
      }
      begun.close();
    }

    @Override
    public PartSource source() {
      return source;
    }

    @Override
    public boolean isComplete() {
      return complete;
    }

    @Override
    public boolean isLevel() {
      return merge.isLevel(this);
    }

    @Override
    public long beganNanos() {
      return beganNanos;
    }

    @Override
    public void record(LogRecord record) {
      told(this, record);
    }

    @Override
    public void windowComplete() {
      windowTold(this);
    }

    @Override
    public void gone(String reason) {
      lost(this, reason);
    }
  }
}
