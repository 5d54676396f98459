package dev.millrace.server;

import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.identity.DataFolder;
import dev.millrace.server.identity.NodeIdentity;
import java.time.Clock;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every room of a node uses: its settings, its name, its data folder, its clocks, its timer
 * and threads for what takes long. Any thread.
 *
 * @param id unique for ever
 * @param name for people; unique in a cluster
 * @param wall the wall clock
 * @param nanoTime a monotonic clock
 * @param timer one thread for what happens later or again and again; nothing may block it
 * @param tasks virtual threads, one a task
 */
record NodeServices(
    NodeConfig config,
    String id,
    String name,
    DataFolder folder,
    InstantSource wall,
    LongSupplier nanoTime,
    ScheduledExecutorService timer,
    ExecutorService tasks)
    implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeServices.class);

  /** So much of the id tells nodes of one host apart. */
  private static final int SHORT_ID = 4;

  /**
   * Takes the data folder and starts the timer.
   *
   * @throws dev.millrace.server.config.ConfigException if the folder cannot be used
   */
  static NodeServices open(NodeConfig config) {
    DataFolder folder = DataFolder.take(config.data());
    String id = NodeIdentity.findOrCreate(folder);
    boolean needsMore = config.cluster().isOn() && !config.named();
    return new NodeServices(
        config,
        id,
        needsMore ? config.name() + "-" + id.substring(0, SHORT_ID) : config.name(),
        folder,
        Clock.systemUTC(),
        System::nanoTime,
        Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("timer").factory()),
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("task-", 0).factory()));
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
    tasks.shutdownNow();
    folder.close();
  }
}
