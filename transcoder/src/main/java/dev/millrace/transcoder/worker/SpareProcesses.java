package dev.millrace.transcoder.worker;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Processes that have started and wait to be told their job: what a JVM and its libraries take to
 * start is spent before it counts. Any thread.
 */
final class SpareProcesses implements AutoCloseable {
  /** Starts a process. */
  interface Starter {
    Process start() throws IOException;
  }

  private final Starter starter;
  private final int count;
  private final Duration pause;
  private final ScheduledExecutorService refill =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("spare workers").factory());

  /** Guarded by this, as is the next. */
  private final Deque<Process> waiting = new ArrayDeque<>();

  private boolean closed;

  /**
   * @param count that wait
   * @param pause until one that was taken is replaced
   */
  SpareProcesses(Starter starter, int count, Duration pause) {
    this.starter = starter;
    this.count = count;
    this.pause = pause;
    refillIn(Duration.ZERO);
  }

  /**
   * One that waited, or else a new one.
   *
   * @throws IOException if none waited and none can be started
   */
  Process take() throws IOException {
    @Nullable Process spare = poll();
    refillIn(pause);
    return spare != null ? spare : starter.start();
  }

  private synchronized @Nullable Process poll() {
    while (!waiting.isEmpty()) {
      Process spare = waiting.poll();
      if (spare.isAlive()) {
        return spare;
      }
    }
    return null;
  }

  /** How many wait. */
  synchronized int waiting() {
    return waiting.size();
  }

  private void refillIn(Duration delay) {
    if (count == 0) {
      return;
    }
    try {
      refill.schedule(this::fill, delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // closed: nothing is to wait any more
    }
  }

  private void fill() {
    try {
      while (lacks()) {
        add(starter.start());
      }
    } catch (IOException e) {
      // The next one that is needed is started then, and whoever needs it hears why it cannot be.
    }
  }

  private synchronized boolean lacks() {
    return !closed && waiting.size() < count;
  }

  private synchronized void add(Process spare) {
    if (closed) {
      spare.destroyForcibly();
    } else {
      waiting.add(spare);
    }
  }

  /** Ends those that wait. */
  @Override
  public void close() {
    refill.shutdown();
    for (Process spare : all()) {
      spare.destroyForcibly();
    }
  }

  private synchronized List<Process> all() {
    closed = true;
    List<Process> all = new ArrayList<>(waiting);
    waiting.clear();
    return all;
  }
}
