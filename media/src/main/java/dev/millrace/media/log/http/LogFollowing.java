package dev.millrace.media.log.http;

import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.PartSource.Following;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One log that is being read from another node. It is given up when nothing came for {@link
 * #SILENT_TICKS} ticks. Ticks are counted instead of time measured, since a process that was itself
 * stopped for a while has only missed ticks, not heard silence.
 *
 * <p>Any thread; the watcher is called under its monitor, one call at a time.
 */
final class LogFollowing implements Following, LogWatcher, Flow.Subscriber<List<ByteBuffer>> {
  private static final long TICK_MS = 200;

  /** 1.2 s, of a heartbeat every 250 ms. */
  private static final int SILENT_TICKS = 6;

  /** For the connection and its handshake. */
  private static final int STARTING_TICKS = 15;

  private final LogWatcher watcher;
  private final LogStreamReader reader = new LogStreamReader(this);
  private final ScheduledFuture<?> ticking;
  private int ticksLeft = STARTING_TICKS;

  /** Volatile, as the two below: closing needs no monitor, so that watchers may close others. */
  private volatile boolean over;

  private volatile @Nullable CompletableFuture<?> answer;
  private volatile Flow.@Nullable Subscription subscription;

  LogFollowing(LogWatcher watcher, ScheduledExecutorService timer) {
    this.watcher = watcher;
    this.ticking =
        timer.scheduleWithFixedDelay(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
  }

  void start(HttpClient client, HttpRequest request) {
    CompletableFuture<HttpResponse<Void>> asked = client.sendAsync(request, this::subscriber);
    answer = asked;
    if (over) {
      asked.cancel(true);
    }
    asked.whenComplete(
        (done, failure) -> end(failure == null ? "it ended the log" : String.valueOf(failure)));
  }

  private BodySubscriber<Void> subscriber(HttpResponse.ResponseInfo info) {
    if (info.statusCode() != 200) {
      end("it answered " + info.statusCode());
      return BodySubscribers.discarding();
    }
    return BodySubscribers.fromSubscriber(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription begun) {
    subscription = begun;
    if (over) {
      begun.cancel();
    } else {
      begun.request(1);
    }
  }

  @Override
  public synchronized void onNext(List<ByteBuffer> pieces) {
    if (over) {
      return;
    }
    ticksLeft = SILENT_TICKS;
    try {
      pieces.forEach(reader::read);
    } catch (RuntimeException e) {
      end("its log cannot be read: " + e.getMessage());
      return;
    }
    Flow.Subscription present = subscription;
    if (!over && present != null) {
      present.request(1);
    }
  }

  @Override
  public void onError(Throwable failure) {
    end(String.valueOf(failure));
  }

  @Override
  public void onComplete() {
    end("it ended the log");
  }

  @Override
  public void record(LogRecord record) {
    if (!over) {
      watcher.record(record);
    }
  }

  @Override
  public void windowComplete() {
    if (!over) {
      watcher.windowComplete();
    }
  }

  private synchronized void tick() {
    if (--ticksLeft < 0) {
      end("it is silent");
    }
  }

  private synchronized void end(String reason) {
    if (!over) {
      close();
      watcher.gone(reason);
    }
  }

  @Override
  public void close() {
    over = true;
    ticking.cancel(false);
    Flow.Subscription begun = subscription;
    if (begun != null) {
      begun.cancel();
    }
    CompletableFuture<?> asked = answer;
    if (asked != null) {
      asked.cancel(true);
    }
  }
}
