package dev.millrace.origin;

import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogMerge;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.PartSource.Following;
import dev.millrace.media.log.StreamView;
import dev.millrace.origin.Replicas.Replica;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies one stream into the store. One thread, that of {@link #run}: others only put what they
 * have to say into its queue. What the store has already is not fetched again; where the source's
 * log went another way, the copy follows by the rules of {@link LogMerge}.
 */
final class Mirror implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Mirror.class);

  private static final long TICK_MS = 250;

  /** Several windows of many renditions; who is further behind reads the window anew. */
  private static final int MAX_EVENTS = 50_000;

  /** Thumbnails that came before their segments. */
  private static final int MAX_PICTURES = 1024;

  private final StreamPath path;
  private final OriginStore store;
  private final PartSource source;
  private final Predicate<StreamPath> ingested;
  private final Duration reconnectWindow;
  private final LongSupplier nanoTime;

  private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
  private final AtomicBoolean overflow = new AtomicBoolean();
  private final CountDownLatch stopped = new CountDownLatch(1);

  private final CopyProgress progress;

  /** Volatile: written by all, read by the mirror's thread. */
  private volatile boolean stopping;

  private volatile Runnable afterwards = () -> {};

  private LogMerge<Mirror> merge;
  private CopyQueue queue;
  private Following following = () -> {};
  private final List<LogRecord.Pictured> pictures = new ArrayList<>();

  /** Counts followings, so that what an earlier one still says is passed over. */
  private int attempt;

  /** The source tells nothing more: to be begun again, after a moment. */
  private boolean lost;

  private boolean windowTold;
  private boolean ending;
  private OptionalLong ingestGoneNanos = OptionalLong.empty();

  Mirror(
      StreamPath path,
      OriginStore store,
      PartSource source,
      Predicate<StreamPath> ingested,
      Duration reconnectWindow,
      LongSupplier nanoTime,
      Consumer<Replica> changed) {
    this.path = path;
    this.store = store;
    this.source = source;
    this.ingested = ingested;
    this.reconnectWindow = reconnectWindow;
    this.nanoTime = nanoTime;
    this.progress = new CopyProgress(path, nanoTime, changed);
    this.merge = new LogMerge<>(StreamView.empty());
    this.queue = queue();
  }

  Replica replica() {
    return progress.replica();
  }

  /** Waits until the window is here to its end; false if it was not here in time. */
  boolean awaitComplete(Duration atMost) throws InterruptedException {
    return progress.await(atMost);
  }

  /** Waits until what is copied is so far; false if it is not in time. */
  boolean await(Predicate<StreamView> wanted, Duration atMost) throws InterruptedException {
    return progress.await(wanted, atMost);
  }

  /** Ends soon; then the thread runs {@code then}. */
  void stop(Runnable then) {
    afterwards = then;
    stopping = true;
    events.add(() -> {});
  }

  /** Ends; nothing is written afterwards. */
  void stopAndWait() {
    stop(() -> {});
    boolean interrupted = false;
    while (true) {
      try {
        stopped.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // It takes moments, and the local writer must be alone.
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void run() {
    try {
      log.atInfo().addKeyValue("stream", path).log("mirror begins");
      beginAgain();
      while (!stopping) {
        Runnable event = events.poll(TICK_MS, TimeUnit.MILLISECONDS);
        if (event != null) {
          event.run();
        } else if (lost) {
          beginAgain();
        }
        proceed();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      following.close();
      queue.cancel();
      log.atInfo().addKeyValue("stream", path).log("mirror ends");
      stopped.countDown();
      afterwards.run();
    }
  }

  /** Reads the source's window once more, and goes on behind what is in the store. */
  private void beginAgain() {
    begin(store.view(path).orElse(StreamView.empty()));
  }

  private void begin(StreamView known) {
    lost = false;
    following.close();
    queue.cancel();
    merge = new LogMerge<>(known);
    queue = queue();
    windowTold = false;
    ending = false;
    merge.add(this);
    int own = ++attempt;
    following =
        source.watch(
            path,
            new LogWatcher() {
              @Override
              public void record(LogRecord record) {
                put(own, () -> take(record));
              }

              @Override
              public void windowComplete() {
                put(own, Mirror.this::takeWindow);
              }

              @Override
              public void gone(String reason) {
                put(own, () -> lost = true);
              }
            });
  }

  private CopyQueue queue() {
    return new CopyQueue(path, store, source, () -> events.add(() -> {}));
  }

  private void put(int own, Runnable event) {
    if (events.size() > MAX_EVENTS) {
      overflow.set(true);
      return;
    }
    events.add(
        () -> {
          if (own == attempt) {
            event.run();
          }
        });
  }

  private void take(LogRecord record) {
    if (record instanceof LogRecord.Pictured picture) {
      if (pictures.size() < MAX_PICTURES) {
        pictures.add(picture);
      }
      return;
    }
    if (record instanceof LogRecord.Signing signing) {
      store.signed(path, signing);
      return;
    }
    try {
      merge.record(this, record).forEach(this::add);
    } catch (ProtocolException e) {
      log.atWarn()
          .addKeyValue("stream", path)
          .log("what is mirrored is no log, it is read anew: {}", e.getMessage());
      lost = true;
    }
  }

  private void add(LogRecord record) {
    switch (record) {
      case LogRecord.Opened(long epoch, var targets) -> {
        queue.cancel();
        queue = queue();
        ending = false;
        store.reopen(path, epoch, targets);
      }
      case LogRecord.Expected(List<String> names) -> store.expect(path, Long.MAX_VALUE, names);
      case LogRecord.Ended ignored -> ending = true;
      case LogRecord.Described(var description) -> queue.add(description);
      case LogRecord.Appended(String rendition, var entry) -> queue.add(rendition, entry);
      case LogRecord.Pictured ignored -> {}
      case LogRecord.Signing ignored -> {}
    }
  }

  private void takeWindow() {
    merge.windowComplete(this).forEach(this::add);
    windowTold = true;
  }

  private void proceed() {
    if (overflow.getAndSet(false)) {
      beginAgain();
    }
    if (!queue.proceed()) {
      log.atWarn()
          .addKeyValue("stream", path)
          .log("bytes in the middle of the log are nowhere: the copy begins behind them");
      CopyQueue broken = queue;
      progress.beginAgain();
      begin(StreamView.empty());
      queue.skipAsIn(broken);
    }
    StreamView view = store.view(path).orElse(StreamView.empty());
    if (ending && queue.isEmpty() && !view.ended()) {
      store.end(path, view.epoch());
      view = store.view(path).orElse(StreamView.empty());
    }
    progress.measure(view, windowTold, queue);
    if (progress.isFilled()) {
      showPictures(view);
      endIfAlone(view);
    }
    progress.tell(store.view(path).orElse(StreamView.empty()));
  }

  private void showPictures(StreamView view) {
    for (LogRecord.Pictured picture : pictures) {
      switch (picture) {
        case LogRecord.PosterTaken(var poster) ->
            store.poster(path, view.presentationEpoch(), poster);
        case LogRecord.ThumbnailTaken(var thumbnail) -> store.thumbnail(path, thumbnail);
      }
    }
    pictures.clear();
  }

  /** Nobody will go on with it: each copy ends by itself, since all see the same. */
  private void endIfAlone(StreamView view) {
    if (view.ended() || ingested.test(path)) {
      ingestGoneNanos = OptionalLong.empty();
      return;
    }
    long now = nanoTime.getAsLong();
    if (ingestGoneNanos.isEmpty()) {
      ingestGoneNanos = OptionalLong.of(now);
    }
    if (now - ingestGoneNanos.getAsLong() >= reconnectWindow.toNanos()) {
      log.atInfo()
          .addKeyValue("stream", path)
          .log("ended: nobody ingests it for {} s", reconnectWindow.toSeconds());
      store.end(path, view.epoch());
      beginAgain();
    }
  }
}
