package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The sockets on which a channel is received: media, and parity on the ports + 2 and + 4, of each
 * path. A socket joins one group, since the system bounds the groups of one
 * (net.ipv4.igmp_max_memberships). The selector's thread.
 */
final class UdpGroup implements Reception.Group {
  private static final int BUFFER_BYTES = 1 << 21;
  private static final int COLUMNS = 2;
  private static final int ROWS = 4;

  private final ReceivedChannel channel;
  private final Selector selector;
  private final Consumer<Bytes> media;
  private final Consumer<Bytes> parity;
  private final List<DatagramChannel> sockets = new ArrayList<>();

  /** What a socket's key has attached. */
  record Port(Consumer<Bytes> taker) {}

  UdpGroup(
      ReceivedChannel channel, Selector selector, Consumer<Bytes> media, Consumer<Bytes> parity) {
    this.channel = channel;
    this.selector = selector;
    this.media = media;
    this.parity = parity;
  }

  @Override
  public Optional<String> join() {
    leave();
    try {
      join(channel.from(), channel.networkInterface());
      if (channel.second().isPresent()) {
        IptvChannel.SecondPath second = channel.second().get();
        join(second.to(), second.networkInterface().or(channel::networkInterface));
      }
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      leave();
      return Optional.of("cannot be joined: " + e.getMessage());
    }
  }

  private void join(InetSocketAddress at, Optional<String> by) throws IOException {
    open(at, 0, by, media);
    if (channel.rtp()) {
      open(at, COLUMNS, by, parity);
      open(at, ROWS, by, parity);
    }
  }

  private void open(InetSocketAddress at, int offset, Optional<String> by, Consumer<Bytes> taker)
      throws IOException {
    InetAddress group = at.getAddress();
    boolean ipv4 = group.getAddress().length == 4;
    DatagramChannel socket =
        DatagramChannel.open(ipv4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
    sockets.add(socket);
    socket.setOption(StandardSocketOptions.SO_REUSEADDR, group.isMulticastAddress());
    socket.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
    // To the group's address, so that other groups with this port are not received here.
    socket.bind(new InetSocketAddress(group, at.getPort() + offset));
    if (group.isMulticastAddress()) {
      NetworkInterface on = by.isPresent() ? UdpWire.networkInterface(by.get()) : anyFor(group);
      if (channel.source().isPresent()) {
        socket.join(group, on, channel.source().get());
      } else {
        socket.join(group, on);
      }
    }
    socket.configureBlocking(false);
    socket.register(selector, SelectionKey.OP_READ, new Port(taker));
  }

  /** The interface by which the system would send to the group. */
  private static NetworkInterface anyFor(InetAddress group) throws IOException {
    try (DatagramChannel probe = DatagramChannel.open()) {
      probe.connect(new InetSocketAddress(group, 9));
      InetSocketAddress own = (InetSocketAddress) probe.getLocalAddress();
      NetworkInterface found = NetworkInterface.getByInetAddress(own.getAddress());
      if (found == null) {
        throw new IOException("no interface leads to " + group.getHostAddress());
      }
      return found;
    }
  }

  @Override
  public void leave() {
    for (DatagramChannel socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        // left as far as it can be
      }
    }
    sockets.clear();
  }
}
