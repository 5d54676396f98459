package dev.millrace.server.hosts;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Carries frames between two TAP devices in both directions, each after the same delay and not all
 * of them: what {@code tc netem} does where the kernel has it.
 */
final class SlowWire implements AutoCloseable {
  /** Frames on the way; more are lost, as in a router's queue. */
  private static final int CAPACITY = 10_000;

  private final Tap a;
  private final Tap b;
  private final List<Thread> threads;
  private volatile boolean closed;

  private record Late(MemorySegment frame, long dueNanos) {}

  /**
   * Starts to carry; the wire then owns both devices.
   *
   * @param delay of each frame, one way
   * @param loss the part of all frames that never arrive, 0 to 1
   */
  SlowWire(Tap a, Tap b, Duration delay, double loss, long seed) {
    this.a = a;
    this.b = b;
    BlockingQueue<Late> toB = new ArrayBlockingQueue<>(CAPACITY);
    BlockingQueue<Late> toA = new ArrayBlockingQueue<>(CAPACITY);
    threads =
        List.of(
            start("a-in", () -> take(a, toB, delay.toNanos(), loss, new Random(seed))),
            start("b-in", () -> take(b, toA, delay.toNanos(), loss, new Random(~seed))),
            start("b-out", () -> deliver(toB, b)),
            start("a-out", () -> deliver(toA, a)));
  }

  private static Thread start(String name, Runnable task) {
    return Thread.ofPlatform().daemon().name("slow-wire-" + name).start(task);
  }

  private void take(Tap from, BlockingQueue<Late> way, long delayNanos, double loss, Random luck) {
    while (!closed) {
      MemorySegment frame = from.read();
      if (frame != null && luck.nextDouble() >= loss) {
        boolean taken = way.offer(new Late(frame, System.nanoTime() + delayNanos));
        if (!taken) {
          System.err.println("slow wire: the queue is full, a frame is lost");
        }
      }
    }
  }

  private void deliver(BlockingQueue<Late> way, Tap to) {
    try {
      while (!closed) {
        Late next = way.poll(50, TimeUnit.MILLISECONDS);
        if (next != null) {
          for (long left = wait(next); left > 0 && !closed; left = wait(next)) {
            LockSupport.parkNanos(left);
          }
          to.write(next.frame());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long wait(Late late) {
    return late.dueNanos() - System.nanoTime();
  }

  /** Ends the wire and both devices; what is on the way is lost. */
  @Override
  public void close() {
    closed = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return; // The devices stay open rather than being read after their memory is gone.
    }
    a.close();
    b.close();
  }
}
