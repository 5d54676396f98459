package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The sockets of a channel: one for each path, all ports from the same. One thread sends, any
 * closes.
 */
final class UdpWire implements Wire, AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int LARGEST = 2048;

  private final List<Path> paths = new ArrayList<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(LARGEST);

  private record Path(DatagramChannel socket, InetAddress group, int port) {}

  private UdpWire() {}

  /**
   * Opens the sockets.
   *
   * @throws IOException if there is no such interface, or a socket cannot be had
   */
  static UdpWire open(IptvChannel channel) throws IOException {
    UdpWire wire = new UdpWire();
    try {
      wire.paths.add(path(channel, channel.to(), channel.networkInterface()));
      if (channel.second().isPresent()) {
        IptvChannel.SecondPath second = channel.second().get();
        Optional<String> by = second.networkInterface().or(channel::networkInterface);
        wire.paths.add(path(channel, second.to(), by));
      }
      return wire;
    } catch (IOException e) {
      wire.close();
      throw e;
    }
  }

  private static Path path(IptvChannel channel, InetSocketAddress to, Optional<String> by)
      throws IOException {
    InetAddress group = to.getAddress();
    boolean ipv4 = group.getAddress().length == 4;
    DatagramChannel socket =
        DatagramChannel.open(ipv4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
    try {
      socket.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER_BYTES);
      socket.setOption(StandardSocketOptions.IP_TOS, channel.dscp() << 2);
      socket.setOption(StandardSocketOptions.IP_MULTICAST_TTL, channel.ttl());
      socket.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, channel.loopback());
      if (by.isPresent()) {
        NetworkInterface networkInterface = networkInterface(by.get());
        if (group.isMulticastAddress()) {
          socket.setOption(StandardSocketOptions.IP_MULTICAST_IF, networkInterface);
        }
        Optional<InetAddress> own = address(networkInterface, ipv4);
        if (own.isPresent()) {
          socket.bind(new InetSocketAddress(own.get(), 0));
        }
      }
      // A full buffer drops: what is late is of no use.
      socket.configureBlocking(false);
      return new Path(socket, group, to.getPort());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * An interface by its name or by an address of it.
   *
   * @throws IOException if there is none
   */
  static NetworkInterface networkInterface(String name) throws IOException {
    NetworkInterface byName = NetworkInterface.getByName(name);
    if (byName != null) {
      return byName;
    }
    NetworkInterface byAddress =
        name.matches("[0-9.]+|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*")
            ? NetworkInterface.getByInetAddress(InetAddress.getByName(name))
            : null;
    if (byAddress == null) {
      throw new IOException("no network interface " + name);
    }
    return byAddress;
  }

  private static Optional<InetAddress> address(NetworkInterface of, boolean ipv4) {
    return of.inetAddresses()
        .filter(address -> (address.getAddress().length == 4) == ipv4)
        .findFirst();
  }

  /** The address that receivers see; empty where the system chooses one for each datagram. */
  Optional<InetAddress> source() {
    try {
      return Optional.ofNullable((InetSocketAddress) paths.getFirst().socket().getLocalAddress())
          .map(InetSocketAddress::getAddress)
          .filter(address -> !address.isAnyLocalAddress());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public void send(int portOffset, Bytes datagram) throws IOException {
    for (Path path : paths) {
      buffer.clear().put(datagram.asByteBuffer()).flip();
      path.socket().send(buffer, new InetSocketAddress(path.group(), path.port() + portOffset));
    }
  }

  @Override
  public void close() {
    for (Path path : paths) {
      try {
        path.socket().close();
      } catch (IOException e) {
        // closed as far as it can be
      }
    }
  }
}
