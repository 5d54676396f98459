package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * What a channel gives by HTTP to those whom its group does not reach, or not whole: the transport
 * stream itself, and single packets once more. The pacer's thread sends; any thread reads.
 */
final class ChannelCopies {
  private static final int DATAGRAM_BITS = 7 * 188 * 8;

  private final int repairSeconds;
  private final List<Consumer<Bytes>> viewers = new CopyOnWriteArrayList<>();
  private final RepairBudget budget = new RepairBudget();
  private volatile Optional<RepairRing> ring = Optional.empty();

  /**
   * @param repairSeconds how long packets are kept; 0: not
   */
  ChannelCopies(int repairSeconds) {
    this.repairSeconds = repairSeconds;
  }

  /** The rate is this from now on. */
  void rate(long rateBps) {
    long count = repairSeconds * rateBps / DATAGRAM_BITS;
    if (repairSeconds > 0 && ring.map(RepairRing::capacity).orElse(0) < count) {
      ring = Optional.of(new RepairRing((int) Math.min(count, Integer.MAX_VALUE)));
    }
  }

  /** A datagram of RTP goes out. */
  void packet(int sequenceNumber, Bytes datagram) {
    ring.ifPresent(kept -> kept.put(sequenceNumber, datagram));
  }

  /** So much of the transport stream goes out. */
  void payload(Bytes packets) {
    for (Consumer<Bytes> viewer : viewers) {
      viewer.accept(packets);
    }
  }

  /** Gives the transport stream to a viewer, on the pacer's thread; what it returns ends that. */
  Runnable watch(Consumer<Bytes> viewer) {
    viewers.add(viewer);
    return () -> viewers.remove(viewer);
  }

  /**
   * Packets once more, as {@link RepairRing#write} has them.
   *
   * @return empty if this receiver, or all together, have asked for more than their share
   */
  Optional<Bytes> repair(
      String client, long ssrc, int from, int count, long rateBps, long nowNanos) {
    Bytes found = ring.map(kept -> kept.write(ssrc, from, count)).orElse(Bytes.EMPTY);
    return budget.take(client, found.length(), rateBps, nowNanos)
        ? Optional.of(found)
        : Optional.empty();
  }
}
