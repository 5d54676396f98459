package dev.millrace.cluster;

import dev.millrace.media.Bytes;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counts for {@link Traffic}. Any thread. */
final class TrafficCount {
  private final LongAdder sent = new LongAdder();
  private final LongAdder sentBytes = new LongAdder();
  private final LongAdder received = new LongAdder();
  private final LongAdder receivedBytes = new LongAdder();
  private final LongAdder asked = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final AtomicLong malformed = new AtomicLong();

  void sent(Bytes message, int receivers) {
    sent.add(receivers);
    sentBytes.add((long) message.length() * receivers);
  }

  void received(Bytes message) {
    received.increment();
    receivedBytes.add(message.length());
  }

  /** The how manieth it is. */
  long malformed() {
    return malformed.incrementAndGet();
  }

  void asked() {
    asked.increment();
  }

  void lost() {
    lost.increment();
  }

  Traffic read() {
    return new Traffic(
        sent.sum(),
        sentBytes.sum(),
        received.sum(),
        receivedBytes.sum(),
        malformed.get(),
        asked.sum(),
        lost.sum());
  }
}
