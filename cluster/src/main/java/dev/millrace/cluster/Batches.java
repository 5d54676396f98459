package dev.millrace.cluster;

import dev.millrace.cluster.Outbox.Outgoing;
import dev.millrace.cluster.channel.GroupChannel;
import dev.millrace.cluster.channel.MemberId;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends what is in the outbox, one batch at a time and {@value #APART_MILLIS} ms apart, on the
 * scheduler's threads and not under the lock, because the channel may make a sender wait.
 */
final class Batches {
  static final int APART_MILLIS = 50;
  private static final long APART_NANOS = TimeUnit.MILLISECONDS.toNanos(APART_MILLIS);

  /** The membership's. */
  private final Object lock;

  private final Outbox outbox;
  private final LongSupplier nanoTime;
  private final Scheduler scheduler;
  private final TrafficCount traffic;
  private @Nullable GroupChannel channel;
  private Set<MemberId> others = Set.of();
  private boolean closed;

  /** A batch is scheduled or being sent. */
  private boolean running;

  private long lastBatch;
  private long lastWord;

  Batches(
      Object lock,
      Outbox outbox,
      LongSupplier nanoTime,
      Scheduler scheduler,
      TrafficCount traffic) {
    this.lock = lock;
    this.outbox = outbox;
    this.nanoTime = nanoTime;
    this.scheduler = scheduler;
    this.traffic = traffic;
    this.lastWord = nanoTime.getAsLong();
    this.lastBatch = lastWord - APART_NANOS;
  }

  /** Under the lock, like all but {@link #send}. */
  void connect(GroupChannel joined) {
    channel = joined;
    ifDue();
  }

  void to(Set<MemberId> members) {
    others = members;
  }

  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  /** How long all others have heard nothing of this node; nanoseconds. */
  long silence() {
    return nanoTime.getAsLong() - lastWord;
  }

  /** Something may have come into the outbox. */
  void ifDue() {
    if (running || closed || channel == null || outbox.isEmpty()) {
      return;
    }
    running = true;
    long wait = lastBatch + APART_NANOS - nanoTime.getAsLong();
    scheduler.schedule(this::send, Math.max(0, wait));
  }

  private void send() {
    GroupChannel through;
    List<Outgoing> batch;
    int receivers;
    synchronized (lock) {
      through = channel;
      if (closed || through == null) {
        return;
      }
      batch = outbox.take(others);
      receivers = others.size();
      lastBatch = nanoTime.getAsLong();
      if (batch.stream().anyMatch(each -> each.to() == null)) {
        lastWord = lastBatch;
      }
    }
    try {
      for (Outgoing each : batch) {
        MemberId to = each.to();
        if (to == null) {
          traffic.sent(each.message(), receivers);
          through.broadcast(each.message());
        } else {
          traffic.sent(each.message(), 1);
          through.send(to, each.message());
        }
      }
    } finally {
      synchronized (lock) {
        running = false;
        ifDue();
      }
    }
  }
}
