package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import dev.millrace.media.ts.AccessUnit;
import dev.millrace.media.ts.ConstantRateMultiplexer;
import dev.millrace.media.ts.TsClock;
import dev.millrace.media.ts.TsPacket;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one channel: frames into a constant-rate transport stream, seven packets a datagram, each
 * when its bytes are due, with parity behind. {@link #offer} on any thread; all else on the
 * pacer's.
 *
 * <table>
 * <caption>States</caption>
 * <tr><th>state</th><th>event</th><th>what is done</th></tr>
 * <tr><td>silent</td><td>a key frame came</td><td>begin the time base {@link #LEAD_US} before its
 *     DTS; sending</td></tr>
 * <tr><td>sending</td><td>nothing waits</td><td>null packets, PCR and tables go on</td></tr>
 * <tr><td>sending</td><td>the last DTS is 500 ms past</td><td>silent</td></tr>
 * <tr><td>sending</td><td>a frame 1 s away from the one before, or past its DTS already</td><td>send
 *     what waits; then begin another time base at the next key frame, with
 *     discontinuity_indicator</td></tr>
 * </table>
 */
final class ChannelSender {
  private static final Logger log = LoggerFactory.getLogger(ChannelSender.class);

  /**
   * How long before its DTS video is sent at the earliest: what hides late parts from receivers.
   */
  static final long LEAD_US = 700_000;

  private static final int PACKETS = 7;
  private static final long DATAGRAM_BITS = PACKETS * TsPacket.SIZE * 8L;
  private static final long STALL_US = 500_000;

  /** Media that waits to be multiplexed; about half a minute. */
  private static final long MAX_QUEUED_BYTES = 32L << 20;

  private static final long MAX_AUTO_BPS = 200_000_000;

  private final IptvChannel channel;
  private final Wire wire;
  private final Runnable wake;
  private final FecEncoder fec;
  private final ChannelCopies copies;
  private final long ssrc;
  private final Queue<FeedItem> queue = new ConcurrentLinkedQueue<>();

  /** Bytes in the queue; raised by whoever offers, lowered by the pacer. */
  private final AtomicLong queuedBytes = new AtomicLong();

  /** Lost between feed and pacer. */
  private final AtomicLong overflowed = new AtomicLong();

  private final Joining joining = new Joining();
  private final Pace pace = new Pace();
  private @Nullable ConstantRateMultiplexer mux;
  private boolean sending;
  private boolean joins = true;
  private int sequence;
  private long lastVideoUs;
  private long lastAudioUs;
  private long latePacketsTold;
  private long datagrams;
  private long parityDatagrams;
  private long bytes;
  private long droppedFrames;
  private long restarts;
  private long stalls;
  private long failures;

  /** Written by the pacer now and then, for whoever looks. */
  private volatile SenderCounters counters = SenderCounters.NOTHING;

  /**
   * @param ssrc of the RTP stream
   * @param wake has the pacer look again
   */
  ChannelSender(IptvChannel channel, Wire wire, long ssrc, Runnable wake) {
    this.channel = channel;
    this.wire = wire;
    this.wake = wake;
    this.ssrc = ssrc;
    this.sequence = (int) ssrc & 0xFFFF; // RFC 3550 §5.1: the first one is random
    this.copies = new ChannelCopies(channel.rtp() ? channel.repairSeconds() : 0);
    this.fec =
        new FecEncoder(channel.fec(), packet -> parity(2, packet), packet -> parity(4, packet));
  }

  SenderCounters counters() {
    return counters;
  }

  /** What is given by HTTP. */
  ChannelCopies copies() {
    return copies;
  }

  /** Takes what the feed has read. Any thread. */
  void offer(FeedItem item) {
    long size = size(item);
    if (queuedBytes.get() + size > MAX_QUEUED_BYTES) {
      overflowed.incrementAndGet();
      return;
    }
    queuedBytes.addAndGet(size);
    queue.add(item);
    wake.run();
  }

  private static long size(FeedItem item) {
    return item instanceof FeedItem.Unit(AccessUnit unit) ? unit.pes().length() : 0;
  }

  /**
   * Sends a datagram if one is due.
   *
   * @return when to call again; {@link Long#MAX_VALUE} for not before something is offered
   */
  long step(long nowNanos) {
    for (FeedItem item = queue.poll(); item != null; item = queue.poll()) {
      queuedBytes.addAndGet(-size(item));
      take(item, nowNanos);
    }
    ConstantRateMultiplexer with = mux;
    if (with == null) {
      return Long.MAX_VALUE;
    }
    if (joins && joining.isReady() && (!sending || with.waiting() == 0)) {
      begin(with, nowNanos);
    }
    if (!sending) {
      return Long.MAX_VALUE;
    }
    if (pace.isDue(nowNanos)) {
      send(with);
      pace.sent(nowNanos, DATAGRAM_BITS, with.rateBps());
      lookAfter(with);
    }
    return pace.dueNanos();
  }

  private void take(FeedItem item, long nowNanos) {
    switch (item) {
      case FeedItem.Program(var program, long peakBps) -> {
        joining.program(program);
        if (mux == null) {
          mux = new ConstantRateMultiplexer(program, rate(peakBps), LEAD_US);
          copies.rate(rate(peakBps));
          log.atInfo()
              .addKeyValue("stream", channel.stream())
              .log("iptv {}: {} bit/s", channel.name(), rate(peakBps));
        } else {
          mux.program(program);
        }
      }
      case FeedItem.Broken ignored -> joining.broken();
      case FeedItem.Unit(AccessUnit unit) -> take(unit, nowNanos);
    }
  }

  /** What is configured, or the peak with headroom for packets, tables and larger key frames. */
  private long rate(long peakBps) {
    if (channel.rateBps() > 0) {
      return channel.rateBps();
    }
    long needed = peakBps * 5 / 4 + 300_000;
    return Math.clamp((needed + 99_999) / 100_000 * 100_000, 500_000, MAX_AUTO_BPS);
  }

  private void take(AccessUnit unit, long nowNanos) {
    ConstantRateMultiplexer with = mux;
    if (with == null || !joining.isDecodable(unit)) {
      droppedFrames++;
      return;
    }
    if (!joins && sending && isElsewhere(with, unit)) {
      joins = true;
    }
    if (joins) {
      droppedFrames += joining.add(unit);
    } else {
      add(with, unit);
      if (joining.isVideo(unit)) {
        pace.arrived(unit.dtsUs() - with.clockUs(), LEAD_US, nowNanos);
      }
    }
  }

  private void add(ConstantRateMultiplexer with, AccessUnit unit) {
    if (joining.isVideo(unit)) {
      lastVideoUs = unit.dtsUs();
    } else {
      lastAudioUs = unit.dtsUs();
    }
    with.add(unit);
  }

  /** Whether a frame does not follow the one before, or can only come too late. */
  private boolean isElsewhere(ConstantRateMultiplexer with, AccessUnit unit) {
    long lastUs = joining.isVideo(unit) ? lastVideoUs : lastAudioUs;
    return unit.dtsUs() < lastUs
        || unit.dtsUs() > lastUs + 1_000_000
        || unit.dtsUs() < with.clockUs();
  }

  private void begin(ConstantRateMultiplexer with, long nowNanos) {
    List<AccessUnit> first = joining.take();
    long baseUs = first.getFirst().dtsUs();
    if (sending) {
      restarts++;
    }
    with.restart(baseUs);
    lastVideoUs = baseUs;
    lastAudioUs = baseUs;
    first.forEach(unit -> add(with, unit));
    pace.begin(nowNanos, sending);
    sending = true;
    joins = false;
    tell(with);
  }

  private void send(ConstantRateMultiplexer with) {
    byte[] packets = new byte[PACKETS * TsPacket.SIZE];
    long timestamp = TsClock.ticks(with.clockUs()) & 0xFFFF_FFFFL;
    for (int i = 0; i < PACKETS; i++) {
      with.next(packets, i * TsPacket.SIZE);
    }
    Bytes payload = Bytes.wrap(packets);
    datagrams++;
    copies.payload(payload);
    if (!channel.rtp()) {
      put(0, payload);
      return;
    }
    RtpPacket packet = new RtpPacket(RtpPacket.MP2T, sequence, timestamp, ssrc, payload);
    sequence = sequence + 1 & 0xFFFF;
    Bytes datagram = packet.write();
    copies.packet(packet.sequenceNumber(), datagram);
    put(0, datagram);
    fec.media(packet);
  }

  private void parity(int portOffset, RtpPacket packet) {
    parityDatagrams++;
    put(portOffset, packet.write());
  }

  private void put(int portOffset, Bytes datagram) {
    try {
      wire.send(portOffset, datagram);
      bytes += datagram.length();
    } catch (IOException e) {
      if (failures++ % 10_000 == 0) {
        log.atWarn()
            .addKeyValue("stream", channel.stream())
            .log("iptv {}: {}", channel.name(), e.toString());
      }
    }
  }

  /** Falls silent when the source has; raises a rate that was measured too low. */
  private void lookAfter(ConstantRateMultiplexer with) {
    if (with.latePackets() > latePacketsTold) {
      latePacketsTold = with.latePackets();
      droppedFrames += with.dropLate(STALL_US);
      if (channel.rateBps() == 0 && with.waiting() > 0 && pace.mayRaise(with.clockUs())) {
        with.rate(Math.min(MAX_AUTO_BPS, with.rateBps() * 5 / 4));
        copies.rate(with.rateBps());
        log.atWarn()
            .addKeyValue("stream", channel.stream())
            .log("iptv {}: frames were late, now {} bit/s", channel.name(), with.rateBps());
      }
    }
    long lastUs = Math.max(lastVideoUs, lastAudioUs);
    if (with.waiting() == 0 && with.clockUs() > lastUs + STALL_US) {
      stalls++;
      sending = false;
      joins = true;
      log.atInfo()
          .addKeyValue("stream", channel.stream())
          .log("iptv {}: silent until the stream goes on", channel.name());
      tell(with);
    } else if (datagrams % 64 == 0) {
      tell(with);
    }
  }

  private void tell(ConstantRateMultiplexer with) {
    counters =
        new SenderCounters(
            sending,
            with.rateBps(),
            datagrams,
            parityDatagrams,
            bytes,
            with.nullPackets(),
            with.latePackets(),
            droppedFrames + overflowed.get(),
            restarts,
            stalls,
            pace.behindNanos() / 1_000_000,
            failures);
  }
}
