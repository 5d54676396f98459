package dev.millrace.server;

import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.identity.DataFolder;
import java.time.Clock;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every room of a node uses: its settings, its data folder, its clocks and its timer. Any
 * thread.
 *
 * @param wall the wall clock
 * @param nanoTime a monotonic clock
 * @param timer one thread for what happens later or again and again; nothing may block it
 */
record NodeServices(
    NodeConfig config,
    DataFolder folder,
    InstantSource wall,
    LongSupplier nanoTime,
    ScheduledExecutorService timer)
    implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeServices.class);

  /**
   * Takes the data folder and starts the timer.
   *
   * @throws dev.millrace.server.config.ConfigException if the folder cannot be used
   */
  static NodeServices open(NodeConfig config) {
    return new NodeServices(
        config,
        DataFolder.take(config.data()),
        Clock.systemUTC(),
        System::nanoTime,
        Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("timer").factory()));
  }

  /** Does something each second until the node stops; what it throws is logged, and it goes on. */
  void eachSecond(String what, Runnable task) {
    timer.scheduleWithFixedDelay(() -> run(what, task), 1, 1, TimeUnit.SECONDS);
  }

  private static void run(String what, Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("{} failed", what, e); // and goes on: an executor would drop the task
    }
  }

  /** Ends the timer, with what it had still to do, and gives the folder back. */
  @Override
  public void close() {
    timer.shutdownNow();
    folder.close();
  }
}
