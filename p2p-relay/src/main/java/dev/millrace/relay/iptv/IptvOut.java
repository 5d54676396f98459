package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.PartSource;
import java.io.IOException;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channels that a node sends. Call sequence: constructor; {@link #run} on a thread of its own,
 * which sends; {@link #tick} once a second; {@link #put} and {@link #remove} as often as one likes;
 * {@link #close} once. All but {@link #run} on any thread; the monitor guards the channels.
 */
public final class IptvOut implements Runnable, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(IptvOut.class);

  /** More than a 10 Gbit/s line carries. */
  private static final int MAX_CHANNELS = 500;

  private static final int SAP_PERIOD_TICKS = 5;

  private final PartSource source;
  private final LongSupplier nanoTime;
  private final LongSupplier random;
  private final boolean announce;
  private final Pacer pacer;
  private final Map<String, Sent> channels = new LinkedHashMap<>();
  private long ticks;

  /** A channel with all that it has. */
  private record Sent(
      IptvChannel channel,
      UdpWire wire,
      ChannelSender sender,
      ChannelFeed feed,
      Optional<SapAnnouncement> announcement) {
    ChannelFacts facts() {
      return new ChannelFacts(
          channel,
          channel.receiverUrl(wire.source()),
          feed.trouble(),
          feed.lostParts(),
          sender.counters());
    }
  }

  /**
   * @param source of the streams
   * @param nanoTime a monotonic clock
   * @param random 32 random bits each time, for SSRCs
   * @param announce whether channels to multicast groups are announced by SAP
   */
  public IptvOut(PartSource source, LongSupplier nanoTime, LongSupplier random, boolean announce) {
    this.source = source;
    this.nanoTime = nanoTime;
    this.random = random;
    this.announce = announce;
    this.pacer = new Pacer(nanoTime);
  }

  /** Sends until {@link #close}. */
  @Override
  public void run() {
    pacer.run();
  }

  /**
   * Begins a channel, in the place of the one of the same name.
   *
   * @throws IOException if its interface is missing or a socket cannot be had
   * @throws IllegalStateException if there are 500 channels already, or another one has the address
   */
  public synchronized void put(IptvChannel channel) throws IOException {
    boolean taken =
        channels.values().stream()
            .map(Sent::channel)
            .anyMatch(
                other -> !other.name().equals(channel.name()) && other.to().equals(channel.to()));
    if (taken || (channels.size() >= MAX_CHANNELS && !channels.containsKey(channel.name()))) {
      throw new IllegalStateException(
          taken
              ? "another channel is sent to " + channel.to()
              : "there are " + MAX_CHANNELS + " channels already");
    }
    UdpWire wire = UdpWire.open(channel);
    boolean _ = remove(channel.name());
    ChannelSender sender =
        new ChannelSender(channel, wire, random.getAsLong() & 0xFFFF_FFFFL, pacer::wake);
    ChannelFeed feed = new ChannelFeed(channel, source, sender::offer);
    Optional<SapAnnouncement> announcement =
        announce && channel.to().getAddress().isMulticastAddress()
            ? Optional.of(new SapAnnouncement(channel, wire.source(), random.getAsLong()))
            : Optional.empty();
    channels.put(channel.name(), new Sent(channel, wire, sender, feed, announcement));
    pacer.add(sender);
    log.atInfo()
        .addKeyValue("stream", channel.stream())
        .log("iptv {}: to {}", channel.name(), channel.receiverUrl(wire.source()));
    feed.follow();
  }

  /** Ends a channel; false if there is none of this name. */
  public synchronized boolean remove(String name) {
    Sent removed = channels.remove(name);
    if (removed == null) {
      return false;
    }
    end(removed);
    return true;
  }

  private void end(Sent sent) {
    sent.feed().close();
    pacer.remove(sent.sender());
    sent.announcement().ifPresent(SapAnnouncement::close);
    sent.wire().close();
  }

  /** In the order in which they were put. */
  public synchronized List<ChannelFacts> channels() {
    return channels.values().stream().map(Sent::facts).toList();
  }

  /** The channels as M3U, for players. */
  public String m3u() {
    return ChannelList.m3u(channels());
  }

  /** The channel of this name as SDP; empty if there is none. */
  public synchronized Optional<String> sdp(String name) {
    return Optional.ofNullable(channels.get(name))
        .map(
            sent ->
                SessionDescription.of(
                    sent.channel(),
                    sent.wire().source().orElseGet(InetAddress::getLoopbackAddress),
                    1,
                    1));
  }

  /**
   * Gives a channel's transport stream to a viewer, in pieces of whole packets, on the sending
   * thread, which it must not block.
   *
   * @return what ends it; empty if there is no channel of this name
   */
  public synchronized Optional<Runnable> watch(String name, Consumer<Bytes> viewer) {
    return Optional.ofNullable(channels.get(name))
        .map(sent -> sent.sender().copies().watch(viewer));
  }

  /**
   * RTP packets of a channel once more: each behind its length in 16 bits, without those that are
   * no longer here.
   *
   * @param client who asks, for its share: 5 % of the channel's rate, of 20 % for all
   * @param from the first sequence number, 0..65535
   * @param count 1..200
   * @return empty if it has had its share
   * @throws NoSuchElementException if there is no channel of this name
   * @throws IllegalArgumentException if a number is out of its range
   */
  public synchronized Optional<Bytes> repair(
      String name, String client, long ssrc, int from, int count) {
    if (from < 0 || from > 0xFFFF || count < 1 || count > ChannelOrigin.MAX_PACKETS) {
      throw new IllegalArgumentException("expected from 0 to 65535 and count 1 to 200");
    }
    Sent sent = channels.get(name);
    if (sent == null) {
      throw new NoSuchElementException("there is no channel " + name);
    }
    ChannelSender sender = sent.sender();
    return sender
        .copies()
        .repair(client, ssrc, from, count, sender.counters().rateBps(), nanoTime.getAsLong());
  }

  /** Follows what could not be followed before, and announces; once a second. */
  public void tick() {
    List<Sent> all;
    long tick;
    synchronized (this) {
      all = List.copyOf(channels.values());
      tick = ticks++;
    }
    all.forEach(sent -> sent.feed().follow());
    if (tick % SAP_PERIOD_TICKS == 0) {
      all.forEach(sent -> sent.announcement().ifPresent(SapAnnouncement::announce));
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      channels.values().forEach(this::end);
      channels.clear();
    }
    pacer.close();
  }
}
