package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channels that a node receives, for viewers and for publications. Call sequence: constructor;
 * {@link #run} on a thread of its own, which receives; {@link #watch} as often as one likes; {@link
 * #close} once. All but {@link #run} on any thread. What viewers are given they are given on the
 * receiving thread, and must not block it.
 */
public final class IptvIn implements Runnable, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(IptvIn.class);

  /** Configured ones, and those that viewers asked for by their groups. */
  private static final int MAX_CHANNELS = 500;

  private static final long TICK_MS = 20;
  private static final long TICK_NANOS = TICK_MS * 1_000_000;
  private static final long FACTS_NANOS = 500_000_000;
  private static final int LARGEST = 2048;

  /** Datagrams of one socket before the others have their turn. */
  private static final int BURST = 64;

  private final LongSupplier nanoTime;
  private final Function<URI, ChannelOrigin> origins;
  private final Predicate<InetAddress> allowed;
  private final Optional<String> networkInterface;
  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(LARGEST);
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /** By name; the receiving thread's. */
  private final Map<String, Reception> receptions = new LinkedHashMap<>();

  private final Map<String, ReceivedChannel> configured = new LinkedHashMap<>();
  private volatile List<ReceptionFacts> facts = List.of();
  private volatile boolean open = true;
  private long tickedAt;
  private long factsAt;

  /**
   * @param channels by their names
   * @param allowed which groups viewers may ask for by their addresses
   * @param networkInterface on which those are joined; empty: the system's choice
   * @param http for what senders are asked; borrowed
   * @throws IOException if the system gives no selector
   */
  public IptvIn(
      List<ReceivedChannel> channels,
      Predicate<InetAddress> allowed,
      Optional<String> networkInterface,
      java.net.http.HttpClient http,
      LongSupplier nanoTime)
      throws IOException {
    this.nanoTime = nanoTime;
    this.allowed = allowed;
    this.networkInterface = networkInterface;
    this.origins = sender -> new HttpOrigin(sender, http);
    this.selector = Selector.open();
    channels.forEach(channel -> configured.put(channel.name(), channel));
  }

  /** Receives until {@link #close}. */
  @Override
  public void run() {
    configured.values().forEach(this::reception);
    while (open) {
      try {
        selector.select(this::read, TICK_MS);
      } catch (IOException e) {
        log.warn("iptv: receiving: {}", e.toString());
      }
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        guarded(task);
      }
      tick(nanoTime.getAsLong());
    }
    receptions.values().forEach(Reception::close);
    try {
      selector.close();
    } catch (IOException e) {
      log.debug("iptv: closing: {}", e.toString());
    }
  }

  /** What a viewer or a publication throws is not to end the others' reception. */
  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("iptv: receiving", e);
    }
  }

  private void tick(long now) {
    if (now - tickedAt < TICK_NANOS) {
      return;
    }
    tickedAt = now;
    receptions.values().forEach(each -> guarded(() -> each.tick(now)));
    receptions.values().removeIf(each -> each.isIdle() && !isConfigured(each));
    if (now - factsAt >= FACTS_NANOS) {
      factsAt = now;
      facts = receptions.values().stream().map(Reception::facts).toList();
    }
  }

  private boolean isConfigured(Reception reception) {
    return configured.containsKey(reception.channel().name());
  }

  private void read(SelectionKey key) {
    if (!(key.attachment() instanceof UdpGroup.Port(Consumer<Bytes> taker)) || !key.isValid()) {
      return;
    }
    DatagramChannel socket = (DatagramChannel) key.channel();
    try {
      for (int i = 0; i < BURST && socket.receive(buffer.clear()) != null; i++) {
        byte[] datagram = new byte[buffer.flip().remaining()];
        buffer.get(datagram);
        guarded(() -> taker.accept(Bytes.wrap(datagram)));
      }
    } catch (IOException e) {
      log.debug("iptv: {}", e.toString());
    }
  }

  private Reception reception(ReceivedChannel channel) {
    return receptions.computeIfAbsent(
        channel.name(),
        name -> {
          Takers takers = new Takers();
          Reception made =
              new Reception(
                  channel,
                  new UdpGroup(channel, selector, takers::media, takers::parity),
                  channel.sender().map(origins),
                  this::later);
          takers.reception.add(made);
          return made;
        });
  }

  /** Joins sockets and their reception, each of which needs the other. */
  private final class Takers {
    private final List<Reception> reception = new ArrayList<>(1);

    void media(Bytes datagram) {
      reception.getFirst().media(datagram, nanoTime.getAsLong());
    }

    void parity(Bytes datagram) {
      reception.getFirst().parity(datagram, nanoTime.getAsLong());
    }
  }

  private void later(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  /**
   * Has a configured channel received for a viewer.
   *
   * @param viewer gets the transport stream in whole packets
   * @return what ends it; empty if there is no channel of this name
   */
  public Optional<Runnable> watch(String name, TsViewer viewer) {
    return Optional.ofNullable(configured.get(name)).map(channel -> watch(channel, viewer));
  }

  /**
   * Has a group received for a viewer: a configured channel of this address, or one that is
   * allowed.
   *
   * @param groupPort such as {@code 239.255.1.1:5004}
   * @return what ends it; empty if the group is neither, or there are too many
   * @throws IllegalArgumentException if it is no address with a port
   */
  public Optional<Runnable> watchGroup(boolean rtp, String groupPort, TsViewer viewer) {
    ReceivedChannel asked = ReceivedChannel.ofGroup(groupPort, rtp, networkInterface);
    Optional<ReceivedChannel> known =
        configured.values().stream()
            .filter(each -> each.rtp() == rtp && each.from().equals(asked.from()))
            .findFirst();
    InetAddress group = asked.from().getAddress();
    boolean joinable =
        group.isMulticastAddress() && allowed.test(group) && facts.size() < MAX_CHANNELS;
    return known
        .or(() -> joinable ? Optional.of(asked) : Optional.empty())
        .map(channel -> watch(channel, viewer));
  }

  private Runnable watch(ReceivedChannel channel, TsViewer viewer) {
    later(() -> reception(channel).add(viewer, nanoTime.getAsLong()));
    return () ->
        later(
            () ->
                Optional.ofNullable(receptions.get(channel.name()))
                    .ifPresent(each -> each.remove(viewer, nanoTime.getAsLong())));
  }

  /** The channels half a second ago, configured ones first. */
  public List<ReceptionFacts> channels() {
    return facts;
  }

  @Override
  public void close() {
    open = false;
    selector.wakeup();
  }
}
