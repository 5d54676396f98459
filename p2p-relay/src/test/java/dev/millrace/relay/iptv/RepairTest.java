package dev.millrace.relay.iptv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.List;
import org.junit.jupiter.api.Test;

class RepairTest {
  private static final long SECOND = 1_000_000_000;

  private static Bytes datagram(long ssrc, int sequence) {
    return new RtpPacket(RtpPacket.MP2T, sequence, 0, ssrc, Bytes.of(sequence, 2, 3)).write();
  }

  @Test
  void keepsTheLastPackets() {
    RepairRing ring = new RepairRing(100);
    assertThat(ring.capacity()).isEqualTo(128);
    for (int i = 65_500; i < 65_700; i++) {
      ring.put(i & 0xFFFF, datagram(9, i & 0xFFFF));
    }
    List<Bytes> found = RepairRing.read(ring.write(9, 65_530, 10));
    assertThat(found).as("those before 65572 were overwritten").isEmpty();
    found = RepairRing.read(ring.write(9, 36, 5));
    assertThat(found).hasSize(5);
    assertThat(found.getFirst()).isEqualTo(datagram(9, 36));
    assertThat(ring.write(8, 36, 5).isEmpty()).as("another sender's").isTrue();
    assertThat(RepairRing.read(ring.write(9, 160, 10))).as("up to the newest").hasSize(4);
  }

  @Test
  void refusesAnAnswerThatIsCutOff() {
    RepairRing ring = new RepairRing(64);
    ring.put(1, datagram(9, 1));
    Bytes whole = ring.write(9, 1, 1);
    for (int length = 1; length < whole.length(); length++) {
      Bytes cut = whole.slice(0, length);
      assertThatThrownBy(() -> RepairRing.read(cut)).isInstanceOf(ProtocolException.class);
    }
    assertThat(RepairRing.read(Bytes.EMPTY)).isEmpty();
  }

  /** Of 8 Mbit/s a receiver may have 50 kB a second, all together 200 kB. */
  @Test
  void givesEachReceiverItsShareAndAllTheirs() {
    RepairBudget budget = new RepairBudget();
    long rate = 8_000_000;
    assertThat(budget.take("a", 500_000, rate, 0)).as("ten seconds at once").isTrue();
    assertThat(budget.take("a", 1, rate, 0)).isFalse();
    assertThat(budget.take("b", 500_000, rate, 0)).isTrue();
    assertThat(budget.take("c", 500_000, rate, 0)).isTrue();
    assertThat(budget.take("d", 500_000, rate, 0)).isTrue();
    assertThat(budget.take("e", 500_000, rate, 0)).as("all have had theirs").isFalse();
    assertThat(budget.take("a", 50_000, rate, SECOND)).isTrue();
    assertThat(budget.take("a", 50_000, rate, SECOND)).isFalse();
    assertThat(budget.take("e", 140_000, rate, SECOND)).isTrue();
    assertThat(budget.take("e", 20_000, rate, SECOND)).isFalse();
  }

  @Test
  void readsAndRefusesChannels() {
    ReceivedChannel channel =
        ReceivedChannel.read(
            "news=rtp://10.7.0.1@232.1.1.1:5004?interface=eth1&second=232.1.1.2:5004"
                + "&sender=http://10.7.0.1:8080/iptv/main&publish=live/news");
    assertThat(channel.url()).isEqualTo("rtp://10.7.0.1@232.1.1.1:5004");
    assertThat(ReceivedChannel.read(channel.line())).isEqualTo(channel);
    assertThat(channel.networkInterface()).contains("eth1");
    assertThat(channel.sender()).hasValueSatisfying(uri -> assertThat(uri).hasPath("/iptv/main"));
    assertThat(channel.publish().orElseThrow()).hasToString("live/news");
    assertThat(ReceivedChannel.read("a=udp://@239.1.1.1:1234").source()).isEmpty();
    for (String wrong :
        List.of(
            "news",
            "news=http://239.1.1.1:1234",
            "news=rtp://239.1.1.1",
            "news=rtp://example.org:5004",
            "news=rtp://239.1.1.1:5004?colour=red",
            "news=rtp://239.1.1.1:5004?sender=ftp://a/iptv/b",
            "news=rtp://239.1.1.1:5004?sender=http://a/other",
            "news=rtp://239.1.1.1:5004?publish=news",
            "news=udp://239.1.1.1:5004?second=239.1.1.2:5004",
            "news=rtp://10.0.0.1@10.0.0.2:5004")) {
      assertThatThrownBy(() -> ReceivedChannel.read(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
