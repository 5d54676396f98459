package dev.millrace.relay.mesh.udp;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.relay.mesh.Frame;
import dev.millrace.relay.mesh.FrameReader;
import dev.millrace.relay.mesh.FrameWriter;
import dev.millrace.relay.mesh.MeshTime;
import dev.millrace.relay.mesh.cast.CastKeys;
import dev.millrace.relay.mesh.cast.CastWire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two sockets of binding M: one hears the group, from the other all is sent, and NACKs come to
 * it. Each is read on a thread of its own, where seals are checked; what is whole goes to the
 * mesh's executor, at most {@value #MAX_WAITING} datagrams at a time. Call sequence: {@link #open},
 * {@link #start}, close. Sends on the mesh's executor.
 */
public final class UdpCast implements CastWire, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(UdpCast.class);

  private static final int BUFFER_BYTES = 4 << 20;
  private static final int LARGEST = 2048;

  /** Datagrams that the mesh has not taken yet; more are dropped, as a full buffer would. */
  private static final int MAX_WAITING = 8192;

  private final GroupAddress group;
  private final CastKeys keys;
  private final MeshTime time;
  private final DatagramChannel in;
  private final DatagramChannel out;
  private final int port;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(LARGEST);
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong malformed = new AtomicLong();
  private final AtomicLong overrun = new AtomicLong();
  private final AtomicLong unsent = new AtomicLong();

  private UdpCast(
      GroupAddress group, CastKeys keys, MeshTime time, DatagramChannel in, DatagramChannel out)
      throws IOException {
    this.group = group;
    this.keys = keys;
    this.time = time;
    this.in = in;
    this.out = out;
    this.port = ((InetSocketAddress) out.getLocalAddress()).getPort();
  }

  /**
   * Takes the ports and joins the group.
   *
   * @param networkInterface name or address of the interface; empty: the system's choice
   * @param ttl routers that a datagram may pass, and 1
   * @throws IOException if there is no such interface, or a socket cannot be had
   */
  public static UdpCast open(
      GroupAddress group, Optional<String> networkInterface, int ttl, CastKeys keys, MeshTime time)
      throws IOException {
    NetworkInterface on =
        networkInterface.isPresent() ? named(networkInterface.get()) : leadingTo(group);
    DatagramChannel in = channel(group);
    try {
      in.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      in.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
      // To the group's address, so that other groups with this port are not heard here.
      in.bind(group.address());
      in.join(group.address().getAddress(), on);
      DatagramChannel out = sending(group, on, ttl);
      return new UdpCast(group, keys, time, in, out);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  private static DatagramChannel sending(GroupAddress group, NetworkInterface on, int ttl)
      throws IOException {
    DatagramChannel out = channel(group);
    try {
      out.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER_BYTES);
      out.setOption(StandardSocketOptions.IP_MULTICAST_IF, on);
      out.setOption(StandardSocketOptions.IP_MULTICAST_TTL, ttl);
      // Other relays may run on this machine.
      out.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
      Optional<InetAddress> own =
          on.inetAddresses()
              .filter(address -> (address.getAddress().length == 4) == group.isIpv4())
              .findFirst();
      out.bind(own.map(address -> new InetSocketAddress(address, 0)).orElse(null));
      return out;
    } catch (IOException e) {
      out.close();
      throw e;
    }
  }

  private static DatagramChannel channel(GroupAddress group) throws IOException {
    return DatagramChannel.open(
        group.isIpv4() ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
  }

  private static NetworkInterface named(String name) throws IOException {
    NetworkInterface byName = NetworkInterface.getByName(name);
    if (byName != null) {
      return byName;
    }
    boolean address = name.matches("[0-9.]+|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");
    NetworkInterface byAddress =
        address ? NetworkInterface.getByInetAddress(InetAddress.getByName(name)) : null;
    if (byAddress == null) {
      throw new IOException("no network interface " + name);
    }
    return byAddress;
  }

  /** The interface by which the system would send to the group. */
  private static NetworkInterface leadingTo(GroupAddress group) throws IOException {
    try (DatagramChannel probe = channel(group)) {
      probe.connect(group.address());
      InetSocketAddress own = (InetSocketAddress) probe.getLocalAddress();
      NetworkInterface found = NetworkInterface.getByInetAddress(own.getAddress());
      if (found == null) {
        throw new IOException("no interface leads to " + group);
      }
      return found;
    }
  }

  /**
   * Hears from now on.
   *
   * @param receiver of frames and of where they came from, on the mesh's executor
   * @param threads a thread for each task, since they wait for the network; borrowed
   */
  public void start(BiConsumer<Frame.Cast, SocketAddress> receiver, Executor threads) {
    threads.execute(() -> read(in, receiver));
    threads.execute(() -> read(out, receiver));
  }

  private void read(DatagramChannel from, BiConsumer<Frame.Cast, SocketAddress> receiver) {
    ByteBuffer datagram = ByteBuffer.allocate(LARGEST);
    while (from.isOpen()) {
      try {
        SocketAddress sender = from.receive(datagram.clear());
        byte[] bytes = new byte[datagram.flip().remaining()];
        datagram.get(bytes);
        tell(FrameReader.readCast(Bytes.wrap(bytes), keys::of), sender, receiver);
      } catch (ProtocolException e) {
        malformed.incrementAndGet();
        log.debug("what came to the group is no frame: {}", e.getMessage());
      } catch (IOException e) {
        if (from.isOpen()) {
          log.warn("multicast among relays cannot be read", e);
        }
        return;
      }
    }
  }

  private void tell(
      Frame.Cast frame, SocketAddress sender, BiConsumer<Frame.Cast, SocketAddress> receiver) {
    if (waiting.get() >= MAX_WAITING) {
      overrun.incrementAndGet();
      return;
    }
    waiting.incrementAndGet();
    time.execute(
        () -> {
          waiting.decrementAndGet();
          receiver.accept(frame, sender);
        });
  }

  @Override
  public void toGroup(Frame.Cast frame) {
    to(group.address(), frame);
  }

  @Override
  public void to(SocketAddress relay, Frame.Cast frame) {
    try {
      buffer.clear().put(FrameWriter.write(frame, keys.now()).asByteBuffer()).flip();
      if (out.send(buffer, relay) == 0) {
        unsent.incrementAndGet();
      }
    } catch (IOException e) {
      // As one that is lost on the way: a network that is gone is heard of by what does not come.
      unsent.incrementAndGet();
      log.debug("a datagram could not be sent", e);
    }
  }

  @Override
  public int port() {
    return port;
  }

  /** Datagrams that were no frames of the site. */
  public long malformed() {
    return malformed.get();
  }

  /** Datagrams that came faster than the mesh took them. */
  public long overrun() {
    return overrun.get();
  }

  /** Datagrams that could not be sent. */
  public long unsent() {
    return unsent.get();
  }

  @Override
  public void close() {
    for (DatagramChannel each : new DatagramChannel[] {in, out}) {
      try {
        each.close();
      } catch (IOException e) {
        log.debug("closing a socket of the group", e);
      }
    }
  }
}
