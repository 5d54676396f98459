package dev.millrace.relay.iptv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.ts.TsPacket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ReceptionTest {
  private static final long MS = 1_000_000;
  private static final long SSRC = 7;

  private final FakeGroup group = new FakeGroup();
  private final FakeOrigin origin = new FakeOrigin();
  private final List<Integer> seen = new ArrayList<>();
  private final TsViewer viewer = packets -> seen.add(packets.s32(4));
  private long now = 1_000_000_000_000L;
  private int next;

  /** Counts joins. */
  private static final class FakeGroup implements Reception.Group {
    int joins;
    int leaves;

    @Override
    public Optional<String> join() {
      joins++;
      return Optional.empty();
    }

    @Override
    public void leave() {
      leaves++;
    }
  }

  /** Notes what it is asked for; the test answers. */
  private static final class FakeOrigin implements ChannelOrigin {
    final List<String> asked = new ArrayList<>();
    Consumer<List<Bytes>> answer = packets -> {};
    Consumer<Bytes> payload = packets -> {};
    Consumer<String> ended = why -> {};
    int streams;
    int open;

    @Override
    public void repair(long ssrc, int from, int count, Consumer<List<Bytes>> packets) {
      asked.add(ssrc + ":" + from + "+" + count);
      answer = packets;
    }

    @Override
    public Runnable stream(Consumer<Bytes> packets, Consumer<String> told) {
      streams++;
      open++;
      payload = packets;
      ended = told;
      return () -> open--;
    }
  }

  private Reception reception(boolean withSender) {
    return new Reception(
        ReceivedChannel.read("main=rtp://239.255.1.1:5004"),
        group,
        withSender ? Optional.of(origin) : Optional.empty(),
        Runnable::run);
  }

  /** One packet of a transport stream, with a number in it. */
  private static Bytes payload(int number, boolean key) {
    byte[] packet = new byte[TsPacket.SIZE];
    packet[0] = 0x47;
    packet[3] = 0x30;
    packet[4] = (byte) (number >> 24);
    packet[5] = (byte) (number >> 16);
    packet[6] = (byte) (number >> 8);
    packet[7] = (byte) number;
    if (key) {
      packet[4] = 1; // adaptation_field_length, above every number of these tests
      packet[5] = 0x40; // random_access_indicator
    }
    return Bytes.wrap(packet);
  }

  private static Bytes datagram(int number, boolean key) {
    return new RtpPacket(RtpPacket.MP2T, number & 0xFFFF, 0, SSRC, payload(number, key)).write();
  }

  private void send(Reception to, int count) {
    for (int i = 0; i < count; i++) {
      to.media(datagram(next++, false), now);
    }
  }

  /** Goes on in time as the loop does, with a packet each 2 ms where one is sent. */
  private void pass(Reception reception, long ms, boolean withPackets) {
    for (long at = 0; at < ms; at += 2) {
      now += 2 * MS;
      if (withPackets) {
        send(reception, 1);
      }
      if (at % 20 == 0) {
        reception.tick(now);
      }
    }
  }

  @Test
  void joinsForAViewerAndLeavesHalfAMinuteAfterTheLast() {
    Reception reception = reception(true);
    pass(reception, 100, false);
    assertThat(group.joins).isZero();
    reception.add(viewer, now);
    assertThat(reception.facts().state()).isEqualTo(Reception.State.JOINING);
    send(reception, 3);
    assertThat(reception.facts().state()).isEqualTo(Reception.State.LIVE);
    assertThat(seen).containsExactly(0, 1, 2);
    reception.remove(viewer, now);
    pass(reception, 29_000, true);
    assertThat(reception.facts().state()).isEqualTo(Reception.State.LIVE);
    pass(reception, 1_500, true);
    assertThat(reception.facts().state()).isEqualTo(Reception.State.IDLE);
    assertThat(group.leaves).isEqualTo(1);
    assertThat(reception.isIdle()).isTrue();
  }

  @Test
  void readsFromTheSenderWhatTheGroupDoesNotBring() {
    Reception reception = reception(true);
    reception.add(viewer, now);
    pass(reception, 1_400, false);
    assertThat(origin.streams).isZero();
    pass(reception, 200, false);
    assertThat(reception.facts().state()).isEqualTo(Reception.State.FALLBACK);
    assertThat(reception.facts().trouble()).contains("rtp://239.255.1.1:5004");
    origin.payload.accept(payload(11, false));
    assertThat(seen).containsExactly(11);

    origin.ended.accept("it answered 404");
    assertThat(reception.facts().trouble()).contains("404");
    pass(reception, 3_000, false);
    assertThat(origin.streams).as("asked again after 2 s").isEqualTo(2);
    assertThat(group.joins).isEqualTo(1);
    pass(reception, 30_000, false);
    assertThat(group.joins).as("joined again after 30 s").isEqualTo(2);
  }

  @Test
  void saysWhatIsMissingWhereThereIsNoSender() {
    Reception reception = reception(false);
    reception.add(viewer, now);
    pass(reception, 1_600, false);
    assertThat(reception.facts().state()).isEqualTo(Reception.State.JOINING);
    assertThat(reception.facts().trouble()).contains("nothing comes");
    pass(reception, 30_000, false);
    assertThat(group.joins).isEqualTo(2);
    send(reception, 1);
    assertThat(reception.facts().state()).isEqualTo(Reception.State.LIVE);
    assertThat(reception.facts().trouble()).isEmpty();
  }

  /** A switch without a querier forgets who listens. */
  @Test
  void joinsAnewWhenTheGroupFallsSilent() {
    Reception reception = reception(true);
    reception.add(viewer, now);
    pass(reception, 1_000, true);
    pass(reception, 540, false);
    assertThat(group.joins).isEqualTo(2);
    assertThat(reception.facts().rejoins()).isEqualTo(1);
    pass(reception, 100, true);
    assertThat(reception.facts().state()).isEqualTo(Reception.State.LIVE);
    assertThat(origin.streams).isZero();
  }

  @Test
  void hasLostPacketsSentOnceMore() {
    Reception reception = reception(true);
    reception.add(viewer, now);
    pass(reception, 100, true);
    int first = next;
    next += 3;
    pass(reception, 30, true);
    assertThat(origin.asked).as("this may be disorder").isEmpty();
    pass(reception, 40, true);
    assertThat(origin.asked).containsExactly("7:" + first + "+3");
    pass(reception, 60, true);
    assertThat(origin.asked).hasSize(2);
    assertThat(seen).hasSize(first);

    List<Bytes> packets = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      packets.add(datagram(first + i, false));
    }
    origin.answer.accept(packets);
    assertThat(seen).hasSize(next);
    for (int i = 0; i < next; i++) {
      assertThat(seen.get(i)).isEqualTo(i);
    }
    assertThat(reception.facts().repaired()).isEqualTo(3);
    assertThat(reception.facts().receiver().lost()).isZero();
  }

  @Test
  void givesUpWhatCannotBeHad() {
    Reception reception = reception(true);
    reception.add(viewer, now);
    pass(reception, 100, true);
    int first = next;
    next += 2;
    pass(reception, 900, true);
    assertThat(seen).hasSize(first);
    assertThat(origin.asked).hasSize(3);
    pass(reception, 140, true);
    assertThat(seen).hasSize(next - 2).contains(first - 1, first + 2).doesNotContain(first);
    assertThat(reception.facts().receiver().lost()).isEqualTo(2);
  }

  @Test
  void leavesALossyGroupAndComesBackAtAKeyFrameWhenItIsClean() {
    Reception reception = reception(true);
    reception.add(viewer, now);
    for (int i = 0; i < 60; i++) {
      pass(reception, 200, true);
      next++; // 1 % lost, and the sender does not answer
    }
    assertThat(reception.facts().state()).isEqualTo(Reception.State.FALLBACK);
    assertThat(reception.facts().trouble()).contains("lost in 10 s");
    pass(reception, 10_000, true);
    next++;
    pass(reception, 15_000, true);
    assertThat(reception.facts().state()).as("a gap 15 s ago").isEqualTo(Reception.State.FALLBACK);
    pass(reception, 8_000, true);
    assertThat(reception.facts().state()).as("no key frame").isEqualTo(Reception.State.FALLBACK);

    seen.clear();
    reception.media(datagram(next++, true), now);
    assertThat(reception.facts().state()).isEqualTo(Reception.State.LIVE);
    assertThat(origin.open).isZero();
    origin.payload.accept(payload(999, false));
    assertThat(seen).as("what the old answer still brings is dropped").hasSize(1);
    send(reception, 2);
    assertThat(seen).hasSize(3);
  }

  @Test
  void takesPlainUdpAsItComes() {
    Reception reception =
        new Reception(
            ReceivedChannel.read("main=udp://@239.255.1.1:5004"),
            group,
            Optional.empty(),
            Runnable::run);
    reception.add(viewer, now);
    reception.media(payload(5, false), now);
    reception.media(payload(4, false), now);
    assertThat(seen).containsExactly(5, 4);
  }
}
