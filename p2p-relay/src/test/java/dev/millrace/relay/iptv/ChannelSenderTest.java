package dev.millrace.relay.iptv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.ts.PesPacket;
import dev.millrace.media.ts.TsFaults;
import dev.millrace.media.ts.TsReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The sender with its feed, in a time of the test's own: one step is one millisecond. */
class ChannelSenderTest {
  private static final long STEP_NANOS = 1_000_000;
  private static final long RATE = 2_500_000;

  /** A datagram of media and when it was sent. */
  private record Arrival(long nanos, Bytes payload) {}

  private final FootageSource source = new FootageSource("bbb_480p_gop2s.flv");
  private final List<Arrival> arrivals = new ArrayList<>();
  private final Heard heard = new Heard();
  private final IptvChannel channel =
      ChannelText.read("main=live/main rtp://239.255.1.1:5004?fec=default&rate=2500k");
  private long nowNanos;
  private final ChannelSender sender = new ChannelSender(channel, this::put, 0x12345678L, () -> {});
  private final ChannelFeed feed = new ChannelFeed(channel, source, sender::offer);

  private void put(int portOffset, Bytes datagram) {
    if (portOffset == 0) {
      Bytes payload = RtpPacket.read(datagram).payload();
      arrivals.add(new Arrival(nowNanos, payload));
      heard.reader.read(payload);
    }
  }

  /** What a receiver of the transport stream hears. */
  private final class Heard implements TsReader.Listener {
    private final TsReader reader = new TsReader(this, 1 << 22);
    private final List<Long> videoPts = new ArrayList<>();
    private final List<Long> jitterUs = new ArrayList<>();
    private int audio;
    private int discontinuities;
    private long basePcr = -1;
    private long baseNanos;

    @Override
    public void pes(int pid, PesPacket packet, boolean randomAccess) {
      if (pid == 0x100) {
        videoPts.add(packet.pts().orElseThrow());
      } else {
        audio++;
      }
    }

    @Override
    public void pcr(long pcr, long packet, boolean discontinuity) {
      discontinuities += discontinuity ? 1 : 0;
      if (basePcr < 0 || discontinuity) {
        basePcr = pcr;
        baseNanos = nowNanos;
      }
      jitterUs.add((nowNanos - baseNanos) / 1000 - (pcr - basePcr) / 27);
    }
  }

  private void run(long untilUs) {
    for (; nowNanos / 1000 < untilUs; nowNanos += STEP_NANOS) {
      source.advance(nowNanos / 1000);
      while (sender.step(nowNanos) <= nowNanos) {
        assertThat(arrivals).hasSizeLessThan(100_000);
      }
    }
  }

  @Test
  void sendsEveryFrameEvenlyAtTheRate() {
    feed.follow();
    run(20_000_000);
    assertThat(heard.reader.faults()).isEqualTo(TsFaults.NONE);
    assertThat(heard.discontinuities).isZero();
    assertThat(sender.counters().latePackets()).isZero();
    assertThat(sender.counters().droppedFrames()).isZero();
    // From the first part, at 0.5 s, on: what was told until 19.5 s is out half a second later.
    double seconds = (nowNanos - arrivals.getFirst().nanos()) / 1e9;
    assertThat(arrivals.size() * 7 * 1504 / seconds).isBetween(RATE * 0.999, RATE * 1.001);
    assertThat(heard.videoPts).hasSizeBetween(24 * 19 - 2, 24 * 19 + 12);
    assertThat(heard.audio).isBetween(47 * 19 - 40, 47 * 20);
    assertThat(heard.jitterUs).allSatisfy(us -> assertThat(us).isBetween(-2000L, 2000L));
    assertThat(densest(5_000_000)).isLessThanOrEqualTo(3);
    assertThat(sender.counters().parityDatagrams())
        .isBetween(arrivals.size() / 5 - 40L, arrivals.size() / 5 + 1L);
  }

  @Test
  void fillsUpThenFallsSilentThenTellsTheDiscontinuity() {
    feed.follow();
    run(5_000_000);
    source.pause();
    run(12_000_000);
    assertThat(sender.counters().sending()).isFalse();
    assertThat(sender.counters().stalls()).isEqualTo(1);
    // The last frame's DTS, 0.7 s behind its coming, and 500 ms of null packets.
    long silentMs = arrivals.getLast().nanos() / 1_000_000;
    assertThat(silentMs).isBetween(5_500L, 6_800L);
    int before = heard.videoPts.size();
    source.goOn(12_000_000);
    run(16_000_000);
    assertThat(sender.counters().sending()).isTrue();
    assertThat(heard.discontinuities).isEqualTo(1);
    assertThat(heard.videoPts).hasSizeGreaterThan(before + 40);
    assertThat(heard.reader.faults()).isEqualTo(TsFaults.NONE);
  }

  @Test
  void sendsNothingOldToWhoJoinsLate() {
    source.advance(20_000_000);
    nowNanos = 20_000_000_000L;
    feed.follow();
    run(25_000_000);
    long oldest = FootageSource.BEGIN_US + 20_000_000 - FootageSource.PART_US;
    long first = heard.videoPts.getFirst();
    assertThat(first).isGreaterThanOrEqualTo((oldest * 9 / 100) & ((1L << 33) - 1));
    assertThat(heard.videoPts).hasSizeGreaterThan(24);
  }

  @Test
  void catchesUpWithoutABurst() {
    feed.follow();
    run(5_000_000);
    nowNanos += 60_000_000; // the machine was busy
    int before = arrivals.size();
    run(6_000_000);
    assertThat(arrivals.size()).isGreaterThan(before + 200);
    assertThat(densest(5_000_000)).isLessThanOrEqualTo(6);
    assertThat(heard.jitterUs.getLast()).isBetween(-2000L, 2000L);
    assertThat(sender.counters().restarts()).isZero();
  }

  /** The most datagrams within so many nanoseconds. */
  private int densest(long windowNanos) {
    int most = 0;
    int from = 0;
    for (int i = 0; i < arrivals.size(); i++) {
      while (arrivals.get(i).nanos() - arrivals.get(from).nanos() >= windowNanos) {
        from++;
      }
      most = Math.max(most, i - from + 1);
    }
    return most;
  }
}
