package dev.millrace.relay.iptv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.ts.TsPacket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A channel of 5 Mbit/s over a line that loses 2 % in bursts of 8 (RELAY.md 3.2), parity and all,
 * in a time of the test's own: the real encoder, ring and budget of the sender, the real receiver.
 */
class BurstLossTest {
  private static final long RATE_BPS = 5_000_000;
  private static final int PAYLOAD = 7 * TsPacket.SIZE;
  private static final long PACKET_NANOS = PAYLOAD * 8L * 1_000_000_000 / RATE_BPS;
  private static final long TICK_NANOS = 20_000_000;
  private static final long SSRC = 7;
  private static final long ROUND_TRIP_NANOS = 20_000_000;
  private static final double LOSS = 0.02;
  private static final double BURST = 8;

  private final Random luck = new Random(20261122);
  private final RepairRing ring = new RepairRing(8192);
  private final RepairBudget budget = new RepairBudget();
  private final Deque<Answer> answers = new ArrayDeque<>();
  private long now = 1_000_000_000_000L;
  private boolean inBurst;
  private int expected;
  private long missing;
  private long repairBytes;
  private long refused;

  /** What the sender sends once more, and when it is there. */
  private record Answer(long atNanos, List<Bytes> packets, Consumer<List<Bytes>> to) {}

  /** Answers as a node does that has the ring, as far as the budget goes. */
  private final class Sender implements ChannelOrigin {
    @Override
    public void repair(long ssrc, int from, int count, Consumer<List<Bytes>> packets) {
      Bytes answer = ring.write(ssrc, from, count);
      boolean granted = budget.take("gateway", answer.length(), RATE_BPS, now);
      refused += granted ? 0 : 1;
      repairBytes += granted ? answer.length() : 0;
      List<Bytes> sent = granted ? RepairRing.read(answer) : List.of();
      answers.add(new Answer(now + ROUND_TRIP_NANOS, sent, packets));
    }

    @Override
    public Runnable stream(Consumer<Bytes> packets, Consumer<String> told) {
      throw new AssertionError("it fell back to reading the channel by HTTP");
    }
  }

  private static final class NoSockets implements Reception.Group {
    @Override
    public Optional<String> join() {
      return Optional.empty();
    }

    @Override
    public void leave() {}
  }

  /** Half an hour with parity, as channels are sent by default; five minutes without. */
  @ParameterizedTest
  @CsvSource({"DEFAULT, 1800", "NONE, 300"})
  void nothingIsLost(FecProfile profile, int seconds) {
    Reception reception =
        new Reception(
            ReceivedChannel.read("main=rtp://239.255.1.1:5004"),
            new NoSockets(),
            Optional.of(new Sender()),
            Runnable::run);
    FecEncoder fec =
        new FecEncoder(profile, each -> parity(reception, each), each -> parity(reception, each));
    reception.add(this::view, now);
    long count = seconds * 1_000_000_000L / PACKET_NANOS;
    long ticked = now;
    for (int number = 0; number < count; number++) {
      now += PACKET_NANOS;
      RtpPacket packet =
          new RtpPacket(RtpPacket.MP2T, number & 0xFFFF, now / 11_111, SSRC, payload(number));
      Bytes datagram = packet.write();
      ring.put(number & 0xFFFF, datagram);
      // What comes first or last has nothing around it that would show a hole.
      if (!isLost() || number < 1000 || number > count - 1000) {
        reception.media(datagram, now);
      }
      fec.media(packet);
      while (!answers.isEmpty() && answers.peek().atNanos <= now) {
        Answer answer = answers.remove();
        answer.to.accept(answer.packets);
      }
      if (now - ticked >= TICK_NANOS) {
        ticked = now;
        reception.tick(now);
      }
    }
    ReceptionFacts facts = reception.facts();
    double share = repairBytes / (double) (count * PAYLOAD);
    System.out.printf(
        "MEASURED iptv %d s, 2 %% lost in bursts of 8, parity %s: %d packets, %d by parity, %d sent"
            + " once more (%.2f %% of the bytes, %d times refused), %d missing%n",
        seconds,
        profile,
        count,
        facts.receiver().recovered(),
        facts.repaired(),
        100 * share,
        refused,
        missing);
    assertThat(facts.state()).isEqualTo(Reception.State.LIVE);
    assertThat(missing).isZero();
    assertThat(share).isLessThan(0.05);
    assertThat(count - expected).as("packets still waited for").isLessThan(1000);
  }

  private void parity(Reception reception, RtpPacket packet) {
    if (!isLost()) {
      reception.parity(packet.write(), now);
    }
  }

  /** Gilbert's model: of two states one loses everything. */
  private boolean isLost() {
    double change = inBurst ? 1 / BURST : LOSS / (1 - LOSS) / BURST;
    if (luck.nextDouble() < change) {
      inBurst = !inBurst;
    }
    return inBurst;
  }

  private static Bytes payload(int number) {
    byte[] packets = new byte[PAYLOAD];
    for (int at = 0; at < PAYLOAD; at += TsPacket.SIZE) {
      packets[at] = 0x47;
    }
    packets[4] = (byte) (number >> 24);
    packets[5] = (byte) (number >> 16);
    packets[6] = (byte) (number >> 8);
    packets[7] = (byte) number;
    return Bytes.wrap(packets);
  }

  private void view(Bytes packets) {
    int number = packets.s32(4);
    missing += number - expected;
    expected = number + 1;
  }
}
