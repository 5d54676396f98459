package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The datagrams of a channel's group as a transport stream in order: what is missing is asked for
 * at the sender, where there is one, and how much stays missing is watched. One thread.
 */
final class GroupPackets {
  /** Packets that are waited for while a sender is asked; a second of 20 Mbit/s. */
  private static final int PATIENCE = 2048;

  private static final int PATIENCE_WITHOUT_SENDER = 32;
  private static final long LOSS_PERIOD = 10_000_000_000L;
  private static final long LOST_PER_THOUSAND = 1;

  private final boolean rtp;
  private final Optional<ChannelOrigin> origin;
  private final Executor here;
  private final Consumer<Bytes> payload;
  private final RtpReceiver receiver;
  private final Holes holes = new Holes();
  private ReceiverCounters before;
  private long since;
  private long repaired;

  /**
   * @param rtp false: datagrams are the transport stream itself, as they come
   * @param here has tasks run on this thread, soon
   * @param gap told where packets are missing for good
   */
  GroupPackets(
      boolean rtp,
      Optional<ChannelOrigin> origin,
      Executor here,
      Consumer<Bytes> payload,
      Runnable gap) {
    this.rtp = rtp;
    this.origin = origin;
    this.here = here;
    this.payload = payload;
    this.receiver =
        new RtpReceiver(payload, gap, origin.isPresent() ? PATIENCE : PATIENCE_WITHOUT_SENDER);
    this.before = receiver.counters();
  }

  ReceiverCounters counters() {
    return receiver.counters();
  }

  /** Packets that the sender sent once more. */
  long repaired() {
    return repaired;
  }

  void media(Bytes datagram) {
    if (rtp) {
      receiver.media(datagram);
    } else {
      payload.accept(datagram);
    }
  }

  void parity(Bytes datagram) {
    receiver.parity(datagram);
  }

  /** Asks for what is missing, and gives up what cannot be had. */
  void repair(long nowNanos) {
    Holes.Due due = holes.look(receiver.holes(ChannelOrigin.MAX_PACKETS), nowNanos);
    due.givenUp().ifPresent(receiver::giveUp);
    origin.ifPresent(
        at -> {
          for (Holes.Run run : due.ask()) {
            int from = (int) (run.first() & 0xFFFF);
            at.repair(
                receiver.ssrc(), from, run.count(), packets -> here.execute(() -> take(packets)));
          }
        });
  }

  private void take(List<Bytes> packets) {
    repaired += packets.size();
    packets.forEach(receiver::media);
  }

  /** From now on loss is counted anew. */
  void watchLoss(long nowNanos) {
    since = nowNanos;
    before = receiver.counters();
  }

  /** What is to be said of the last 10 s, if more than 0.1 % was lost. */
  Optional<String> loss(long nowNanos) {
    if (nowNanos - since < LOSS_PERIOD) {
      return Optional.empty();
    }
    ReceiverCounters now = receiver.counters();
    long lost = now.lost() - before.lost();
    long all = lost + now.received() - before.received() + now.recovered() - before.recovered();
    watchLoss(nowNanos);
    return lost * 1000 > all * LOST_PER_THOUSAND
        ? Optional.of("%d of %d packets were lost in 10 s".formatted(lost, all))
        : Optional.empty();
  }

  /** What is still to come does not follow what came. */
  void forget() {
    receiver.forget();
  }
}
