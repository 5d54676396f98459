package dev.millrace.server.hosts;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Carries frames between two TAP devices in both directions, each after the same delay and not all
 * of them: what {@code tc netem} does where the kernel has it. Some frames may be spared.
 */
final class SlowWire implements AutoCloseable {
  /** Frames on the way; more are lost, as in a router's queue. */
  private static final int CAPACITY = 10_000;

  private final Tap a;
  private final Tap b;
  private final List<Thread> threads;
  private volatile boolean closed;
  private volatile Loss toA = Loss.NONE;
  private volatile Loss toB = Loss.NONE;

  private record Late(MemorySegment frame, long dueNanos) {}

  /**
   * Starts to carry, all of it at first; the wire then owns both devices.
   *
   * @param delay of each frame, one way
   * @param spared whether a frame arrives in any case
   * @param seed decides which frames are lost
   */
  SlowWire(Tap a, Tap b, Duration delay, Predicate<MemorySegment> spared, long seed) {
    this.a = a;
    this.b = b;
    BlockingQueue<Late> wayToB = new ArrayBlockingQueue<>(CAPACITY);
    BlockingQueue<Late> wayToA = new ArrayBlockingQueue<>(CAPACITY);
    long nanos = delay.toNanos();
    Luck luckToB = new Luck(() -> this.toB, spared, new Random(seed));
    Luck luckToA = new Luck(() -> this.toA, spared, new Random(~seed));
    threads =
        List.of(
            start("a-in", () -> take(a, wayToB, nanos, luckToB)),
            start("b-in", () -> take(b, wayToA, nanos, luckToA)),
            start("b-out", () -> deliver(wayToB, b)),
            start("a-out", () -> deliver(wayToA, a)));
  }

  /**
   * Loses from now on.
   *
   * @param losesToA of the frames from {@code b}
   * @param losesToB of those from {@code a}
   */
  void lose(Loss losesToA, Loss losesToB) {
    toA = losesToA;
    toB = losesToB;
  }

  /** Which frames of one direction arrive. One thread. */
  private static final class Luck {
    private final Supplier<Loss> loss;
    private final Predicate<MemorySegment> spared;
    private final Random random;
    private boolean losing;

    Luck(Supplier<Loss> loss, Predicate<MemorySegment> spared, Random random) {
      this.loss = loss;
      this.spared = spared;
      this.random = random;
    }

    boolean carries(MemorySegment frame) {
      if (spared.test(frame)) {
        return true;
      }
      losing ^= random.nextDouble() < loss.get().turn(losing);
      return !losing;
    }
  }

  private static Thread start(String name, Runnable task) {
    return Thread.ofPlatform().daemon().name("slow-wire-" + name).start(task);
  }

  private void take(Tap from, BlockingQueue<Late> way, long delayNanos, Luck luck) {
    while (!closed) {
      MemorySegment frame = from.read();
      if (frame != null && luck.carries(frame)) {
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
