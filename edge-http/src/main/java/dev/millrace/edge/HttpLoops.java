package dev.millrace.edge;

import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops of one HTTP listener: makes them, has them listen, ends them. Any thread but an
 * event loop.
 */
public final class HttpLoops implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HttpLoops.class);

  private static final long STOP_SECONDS = 5;

  /**
   * The first loop loads most classes of the program, which a machine under load takes time for.
   */
  private static final long START_SECONDS = 30;

  private final Vertx vertx;

  /**
   * @param count of event loops
   * @param workers threads for work that blocks
   * @param loopWarning a task that holds a loop for longer is logged
   */
  public HttpLoops(int count, int workers, Duration loopWarning) {
    vertx =
        Vertx.vertx(
            new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(count)
                .setWorkerPoolSize(workers)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS)
                .setMaxEventLoopExecuteTime(loopWarning.toMillis())
                .setBlockedThreadCheckIntervalUnit(TimeUnit.MILLISECONDS)
                .setBlockedThreadCheckInterval(Math.max(10, loopWarning.toMillis() / 2)));
  }

  /** The instance behind them. */
  public Vertx vertx() {
    return vertx;
  }

  /**
   * One more listens.
   *
   * @param address for the message
   * @throws BindException if it cannot; all are closed then
   */
  public void listen(Deployable loop, String address) throws IOException {
    try {
      await(vertx.deployVerticle(loop), START_SECONDS);
    } catch (IOException e) {
      await(vertx.close(), STOP_SECONDS);
      BindException bind = new BindException("cannot listen on " + address + ": " + e.getMessage());
      bind.initCause(e);
      throw bind;
    }
  }

  /** Closes all connections and ends the loops. */
  @Override
  public void close() {
    try {
      await(vertx.close(), STOP_SECONDS);
    } catch (IOException e) {
      log.warn("http did not stop cleanly: {}", e.getMessage());
    }
  }

  private static void await(Future<?> future, long seconds) throws IOException {
    try {
      future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (TimeoutException e) {
      throw new IOException("took longer than " + seconds + " s", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(String.valueOf(cause.getMessage()), cause);
    }
  }
}
